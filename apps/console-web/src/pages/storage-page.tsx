import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { storage } from '../api/client';
import { shownSize } from '../words/shown-size';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';
import { useCameras } from './use-cameras';

/** How full the disks are, and what each camera takes of them. */
export function StoragePage(): ReactNode {
  const { t, i18n } = useTranslation();
  const answer = useQuery({ queryKey: ['storage'], queryFn: storage });
  const { nameOf } = useCameras();
  const size = (bytes: number): string => shownSize(bytes, i18n.language);
  return (
    <>
      <h1>{t('storage')}</h1>
      <Answer of={answer}>
        {({ volumes, recordings }) => (
          <>
            <ul className="volumes">
              {volumes.map(({ name, free_bytes: free, total_bytes: total }) => (
                <li key={name}>
                  <label>
                    {t('volume', { name: t(`volume.${name}`), free: size(free), total: size(total) })}
                    <meter max={total} value={total - free} />
                  </label>
                </li>
              ))}
            </ul>
            <div className="wide" tabIndex={0} role="region" aria-label={t('storage')}>
              <table>
                <thead>
                  <tr>
                    {(['camera', 'used', 'perDay', 'kept', 'oldest'] as const).map((word) => (
                      <th key={word} scope="col">
                        {t(word)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {recordings.map((of) => (
                    <tr key={`${of.camera_id} ${of.stream}`}>
                      <th scope="row">
                        {nameOf(of.camera_id)}
                        {of.stream === 'sub' && `, ${t('smallStream')}`}
                      </th>
                      <td>{size(of.bytes)}</td>
                      <td>{of.bytes_per_day !== undefined && size(of.bytes_per_day)}</td>
                      <td>{t('days', { count: of.retention_days })}</td>
                      <td>{of.oldest !== undefined && shownTime(of.oldest, i18n.language)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )}
      </Answer>
    </>
  );
}
