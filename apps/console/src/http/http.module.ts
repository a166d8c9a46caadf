import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { AccessModule } from '../access/access.module';
import { compressed } from './compressed';
import { ErrorFilter } from './error.filter';
import { appPage, hlsScript, page } from './page';

/** What comes before every route (who may ask), and after all of them (the page's files). */
@Module({ imports: [AccessModule], providers: [{ provide: APP_FILTER, useClass: ErrorFilter }] })
export class HttpModule implements OnModuleInit {
  /** Behind the gate, which stands in AccessModule, and before every route. */
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {
    host.httpAdapter.use(compressed());
  }

  /** By now all routes of the controllers exist. */
  onModuleInit(): void {
    const http = this.host.httpAdapter;
    http.use('/vendor/hls.min.js', hlsScript());
    http.use('/app', appPage());
    http.use(page());
  }
}
