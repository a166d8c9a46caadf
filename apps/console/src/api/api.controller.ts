import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isKnown, tagOf } from '../http/entity-tag';
import { openApiDocument } from './document';
import { docsPage } from './docs-page';
import { DOCS_STYLE } from './docs-style';
import { OPERATIONS } from './operations';

/** Never changes while the process runs. */
interface Page {
  type: string;
  bytes: Buffer;
  tag: string;
}

/** What the API is: for programs, and as a page for people. */
@Controller('api')
export class ApiController {
  private readonly json: Page;
  private readonly page: Page;
  private readonly pageStyle: Page;

  constructor() {
    const document = openApiDocument(OPERATIONS);
    this.json = pageOf('application/json', JSON.stringify(document));
    this.page = pageOf('text/html', docsPage(document));
    this.pageStyle = pageOf('text/css', DOCS_STYLE);
  }

  @Get('openapi.json')
  document(@Req() request: Request, @Res() response: Response): void {
    send(request, response, this.json);
  }

  @Get('docs')
  docs(@Req() request: Request, @Res() response: Response): void {
    send(request, response, this.page);
  }

  @Get('docs/style.css')
  style(@Req() request: Request, @Res() response: Response): void {
    send(request, response, this.pageStyle);
  }
}

function pageOf(type: string, content: string): Page {
  const bytes = Buffer.from(content);
  return { type, bytes, tag: tagOf(bytes) };
}

function send(request: Request, response: Response, { type, bytes, tag }: Page): void {
  response.set({ 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'private, no-cache', ETag: tag });
  if (isKnown(request.get('if-none-match'), tag)) response.status(304).end();
  else response.send(bytes);
}
