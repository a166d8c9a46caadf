import type { ReactNode } from 'react';

/** What went wrong, in the console's own sentence. Nothing where nothing did. */
export function Fault({ of, children }: { of: Error | string | null; children?: ReactNode }): ReactNode {
  if (of === null || of === '') return null;
  return (
    <p role="alert" className="fault">
      {typeof of === 'string' ? of : of.message}
      {children}
    </p>
  );
}
