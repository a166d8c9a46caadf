import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { session, signOut } from '../api/client';
import { LANGUAGES, type Language } from '../words/language';
import { remember } from '../words/start';

/** What needs a role is shown to those who have it; the console refuses it to others in any case. */
const PLACES = [
  { to: '/', word: 'live' },
  { to: '/timeline', word: 'timeline' },
  { to: '/events', word: 'events' },
  { to: '/exports', word: 'exports' },
  { to: '/shares', word: 'shares', least: 'operator' },
  { to: '/cameras', word: 'cameras', least: 'admin' },
  { to: '/storage', word: 'storage', least: 'admin' },
  { to: '/health', word: 'health', least: 'admin' },
  { to: '/users', word: 'users', least: 'admin' },
] as const;

/** What stands around every page: the way to the others, the language, and who is signed in. */
export function Shell(): ReactNode {
  const { t } = useTranslation();
  const who = useQuery({ queryKey: ['session'], queryFn: session, staleTime: Infinity }).data;
  const mayUse = (place: (typeof PLACES)[number]): boolean =>
    !('least' in place) || who?.role === 'admin' || who?.role === place.least;
  return (
    <>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <header>
        <strong>{t('product')}</strong>
        <nav aria-label={t('product')}>
          {PLACES.filter(mayUse).map(({ to, word }) => (
            <Link key={to} to={to} activeOptions={{ exact: true }}>
              {t(word)}
            </Link>
          ))}
        </nav>
        <LanguageChoice />
        {/* Only who came by name and password can leave. */}
        {who?.csrf !== undefined && <SignOut name={who.user} />}
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

function LanguageChoice(): ReactNode {
  const { t, i18n } = useTranslation();
  const choose = (language: Language): void => {
    remember(language);
    void i18n.changeLanguage(language);
  };
  return (
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
  );
}

function SignOut({ name }: { name: string }): ReactNode {
  const { t } = useTranslation();
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => location.assign('/login.html') });
  return (
    <>
      <button type="button" disabled={leave.isPending} onClick={() => leave.mutate()}>
        {t('signOut', { name })}
      </button>
      {leave.error && (
        <span role="alert" className="fault">
          {leave.error.message}
        </span>
      )}
    </>
  );
}

export function NotFoundPage(): ReactNode {
  const { t } = useTranslation();
  return <h1>{t('notFound')}</h1>;
}
