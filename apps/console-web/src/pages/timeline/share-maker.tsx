import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { makeShare, type SharedSpan } from '../../api/shares';
import { shownTime } from '../../words/shown-time';

/** Makes a link that needs no account, and shows it once: the recorder keeps no copy that opens it. */
export function ShareMaker({ range, name }: { range: SharedSpan; name: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => makeShare(range),
    onSuccess: () => client.invalidateQueries({ queryKey: ['shares'] }),
  });
  return (
    <>
      <button type="button" disabled={make.isPending} onClick={() => make.mutate()}>
        {t('do.share')}
      </button>
      {make.isSuccess && (
        <div className="share">
          <label>
            {t('shareLink', { name })}
            {/* On plain http a browser has no clipboard for pages: the text is selected, and the person copies it. */}
            <input readOnly value={make.data.url} onFocus={({ target }) => target.select()} />
          </label>
          <p role="status" className="quiet">
            {t('shareUntil', { at: shownTime(make.data.expires_at, i18n.language) })}{' '}
            {t(make.data.works_outside ? 'shareOutside' : 'shareInside')}
          </p>
        </div>
      )}
      {make.isError && (
        <span role="alert" className="fault">
          {make.error.message}
        </span>
      )}
    </>
  );
}
