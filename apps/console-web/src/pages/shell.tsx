import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language } from '../words/language';
import { remember } from '../words/start';

const PLACES = [
  ['/', 'live'],
  ['/events', 'events'],
  ['/exports', 'exports'],
  ['/cameras', 'cameras'],
  ['/storage', 'storage'],
  ['/health', 'health'],
] as const;

/** What stands around every page: the way to the others, and the language. */
export function Shell(): ReactNode {
  const { t, i18n } = useTranslation();
  const choose = (language: Language): void => {
    remember(language);
    void i18n.changeLanguage(language);
  };
  return (
    <>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <header>
        <strong>{t('product')}</strong>
        <nav aria-label={t('product')}>
          {PLACES.map(([to, word]) => (
            <Link key={to} to={to} activeOptions={{ exact: true }}>
              {t(word)}
            </Link>
          ))}
        </nav>
        <select
          aria-label={t('language')}
          value={i18n.language}
          onChange={({ target }) => choose(target.value === 'pt-BR' ? 'pt-BR' : 'en')}
        >
          {Object.entries(LANGUAGES).map(([language, name]) => (
            <option key={language} value={language} lang={language}>
              {name}
            </option>
          ))}
        </select>
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

export function NotFoundPage(): ReactNode {
  const { t } = useTranslation();
  return <h1>{t('notFound')}</h1>;
}
