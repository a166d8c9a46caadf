import { createHash } from 'node:crypto';

const STYLE = `:root{color-scheme:light dark;font-family:system-ui,sans-serif}
body{margin:0 auto;max-width:60rem;padding:1rem;line-height:1.5}
video{width:100%;background:#000;border-radius:.5rem}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing but the clip and its picture: no script at all. */
export const SHARE_PAGE_POLICY = [
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const WORDS = {
  en: {
    locale: 'en-GB',
    download: 'Download',
    until: 'This link works until',
    outside: 'It works outside the house too.',
    inside: 'It may work only in the network of the house.',
    ended: 'This link has ended.',
    unknown: 'There is nothing at this link.',
  },
  pt: {
    locale: 'pt-BR',
    download: 'Baixar',
    until: 'Este link funciona até',
    outside: 'Ele também funciona fora de casa.',
    inside: 'Ele talvez só funcione na rede da casa.',
    ended: 'Este link terminou.',
    unknown: 'Não há nada neste link.',
  },
} as const;
type Language = keyof typeof WORDS;

interface Shown {
  cameraName: string;
  startMs: number;
  endMs: number;
  expiresMs: number;
  worksOutside: boolean;
}

export function sharePage(shown: Shown, token: string, language: Language): string {
  const words = WORDS[language];
  const instant = new Intl.DateTimeFormat(words.locale, { dateStyle: 'full', timeStyle: 'long' });
  const name = escaped(shown.cameraName);
  const clip = `/s/${token}/clip.mp4`;
  return pageOf(
    language,
    name,
    `<h1>${name}</h1>
<p>${escaped(`${instant.format(shown.startMs)} – ${instant.format(shown.endMs)}`)}</p>
<video controls playsinline preload="metadata"
 aria-label="${name}" poster="/s/${token}/poster.jpg" src="${clip}"></video>
<p><a href="${clip}?download">${words.download}</a></p>
<p>${words.until} ${escaped(instant.format(shown.expiresMs))}.
${shown.worksOutside ? words.outside : words.inside}</p>`,
  );
}

export function endedPage(why: 'ended' | 'unknown', language: Language): string {
  const sentence = WORDS[language][why];
  return pageOf(language, sentence, `<h1>${sentence}</h1>`);
}

function pageOf(language: Language, title: string, main: string): string {
  const lang = language === 'pt' ? 'pt-BR' : 'en';
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main>${main}</main></body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
