/**
 * Bull Board's page, made to fit our policy for pages. The original asks Google for fonts, which tells Google who looks
 * after their queues and when. It also has styles inside it, which would need a weaker policy. Both do little: the
 * system has other fonts, and the styles draw three dots while the page loads.
 */
import { ExpressAdapter } from '@bull-board/express';
import type { RequestHandler } from 'express';

type EntryRoute = Parameters<ExpressAdapter['setEntryRoute']>[0];

/** An element that loads something from another host. */
const FOREIGN = /<(link|script|img|iframe)\b[^>]*\s(?:href|src)\s*=\s*["']?(?:[a-z]+:)?\/\/[^>]*>(?:\s*<\/\1>)?/gi;
const STYLE_ELEMENT = /<style\b[^>]*>[^]*?<\/style>/gi;
const STYLE_ATTRIBUTE = /(<[^>]*?)\sstyle="[^"]*"/gi;

/** Removes everything that comes from another host, and the styles in the page itself. */
export function ownPage(html: string): string {
  return html.replace(FOREIGN, '').replace(STYLE_ELEMENT, '').replace(STYLE_ATTRIBUTE, '$1');
}

export class BoardAdapter extends ExpressAdapter {
  constructor() {
    super();
    // It is an Express app of its own, and would send this header itself.
    this.app.disable('x-powered-by');
  }

  override setEntryRoute(entry: EntryRoute): this {
    const send: RequestHandler = (_request, response, next) => {
      const { name, params } = entry.handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error: unknown, html: string) => {
        if (error) next(error);
        else response.send(ownPage(html));
      });
    };
    this.app[entry.method](entry.route, send);
    return this;
  }
}

/** The one style that the page's script adds (the colours of Redis' sign), as a policy names it. */
export const BOARD_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";
