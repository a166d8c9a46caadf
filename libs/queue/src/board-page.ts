/**
 * Bull Board's page, as our policy for pages wants it. As it comes, it asks Google for fonts, which tells them who
 * looks after their queues when, and it has styles inside it, which would need a weaker policy. What they do is
 * small: fonts, for which the system has others, and three dots while it loads.
 */
import { ExpressAdapter } from '@bull-board/express';
import type { RequestHandler } from 'express';

type EntryRoute = Parameters<ExpressAdapter['setEntryRoute']>[0];

/** An element that loads something from another host. */
const FOREIGN = /<(link|script|img|iframe)\b[^>]*\s(?:href|src)\s*=\s*["']?(?:[a-z]+:)?\/\/[^>]*>(?:\s*<\/\1>)?/gi;
const STYLE_ELEMENT = /<style\b[^>]*>[^]*?<\/style>/gi;
const STYLE_ATTRIBUTE = /(<[^>]*?)\sstyle="[^"]*"/gi;

/** Without anything of another host, and without styles in the page itself. */
export function ownPage(html: string): string {
  return html.replace(FOREIGN, '').replace(STYLE_ELEMENT, '').replace(STYLE_ATTRIBUTE, '$1');
}

export class BoardAdapter extends ExpressAdapter {
  constructor() {
    super();
    // It is an Express app of its own, with a header of its own.
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

/** The one style that its script puts into the page (the colours of Redis' sign), as a policy names it. */
export const BOARD_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";
