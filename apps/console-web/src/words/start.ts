import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { languageFor, LANGUAGES, type Language } from './language';
import { ptBr } from './pt-br';

const CHOSEN = 'language';

/** The words, in the language that was chosen here before, else in the one that the browser likes best. */
export function startWords(): i18n {
  const words = createInstance();
  words.on('languageChanged', (language) => (document.documentElement.lang = language));
  // The words are in the bundle: nothing is waited for. React escapes what it shows.
  void words.use(initReactI18next).init({
    resources: { en: { translation: en }, 'pt-BR': { translation: ptBr } },
    lng: chosen() ?? languageFor(navigator.languages),
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return words;
}

export function remember(language: Language): void {
  try {
    localStorage.setItem(CHOSEN, language);
  } catch {
    // A browser that keeps nothing asks for nothing: its own language comes again next time.
  }
}

function chosen(): Language | undefined {
  try {
    const kept = localStorage.getItem(CHOSEN);
    return (Object.keys(LANGUAGES) as Language[]).find((language) => language === kept);
  } catch {
    return undefined;
  }
}
