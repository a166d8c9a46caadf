import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { CONFIG } from '@vr/service';
import { urlencoded } from 'express';
import type { ConsoleConfig } from '../config';
import { guard, login } from './access';
import { ErrorFilter } from './error.filter';
import { hlsScript, page, safeHeaders } from './page';

/** What stands before every route (headers, the token), and after all of them (the page's files). */
@Module({ providers: [{ provide: APP_FILTER, useClass: ErrorFilter }] })
export class HttpModule implements OnModuleInit {
  /** Modules are made before Nest registers anything: what is used here comes before its parsers and before every route. */
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CONFIG) { CONSOLE_API_TOKEN: token }: Pick<ConsoleConfig, 'CONSOLE_API_TOKEN'>,
  ) {
    const http = host.httpAdapter;
    http.use(safeHeaders());
    http.use(guard(token));
    http.use('/login', urlencoded({ extended: false, limit: '4kb' }), login(token));
  }

  /** By now every route of the controllers is there. */
  onModuleInit(): void {
    const http = this.host.httpAdapter;
    http.use('/vendor/hls.min.js', hlsScript());
    http.use(page());
  }
}
