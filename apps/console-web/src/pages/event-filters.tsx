import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/client';

/** The types that have a word here. A detector's own types are found under "all types". */
const TYPES = ['motion', 'person', 'vehicle', 'car', 'animal', 'manual'] as const;

/** What a person chose. An empty text is no choice. `day` is `2026-11-28`, a day of the browser's zone. */
interface Chosen {
  camera: string;
  type: string;
  day: string;
}

export function EventFilters({
  cameras,
  onChoose,
}: {
  cameras: readonly Camera[];
  onChoose: (chosen: Chosen) => void;
}): ReactNode {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Chosen>({ camera: '', type: '', day: '' });
  const choose = (part: Partial<Chosen>): void => {
    const now = { ...chosen, ...part };
    setChosen(now);
    onChoose(now);
  };
  return (
    <fieldset className="filters">
      <legend className="unseen">{t('filter')}</legend>
      <label>
        {t('camera')}
        <select value={chosen.camera} onChange={({ target }) => choose({ camera: target.value })}>
          <option value="">{t('allCameras')}</option>
          {cameras.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('type')}
        <select value={chosen.type} onChange={({ target }) => choose({ type: target.value })}>
          <option value="">{t('allTypes')}</option>
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`event.${type}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('day')}
        <input type="date" value={chosen.day} onChange={({ target }) => choose({ day: target.value })} />
      </label>
    </fieldset>
  );
}
