/** Tells a person what went wrong in OBJECTS_DIR. */
import { stat } from 'node:fs/promises';
import { errorCode, OutsideRootError } from '@vr/base';
import { ContractError } from '@vr/contracts';

const ADVICE: Partial<Record<string, string>> = {
  ENOSPC: 'its disk is full; free space, or shorten the retention',
  EACCES: 'this process may not write there; mend its owner',
  EROFS: 'it is mounted read-only',
};

/** A failure of the folder `root` as `storage_unavailable`. Undefined where the caller's file or signal is at fault. */
export async function folderFailure(error: unknown, root: string, bucket: string): Promise<ContractError | undefined> {
  if (error instanceof ContractError || error instanceof OutsideRootError) return undefined;
  const { code = '', path = '' } = error as NodeJS.ErrnoException;
  if (code === '' || (path !== '' && !path.startsWith(root))) return undefined;
  const advice = code === 'ENOENT' ? await whatIsMissing(root, bucket) : (ADVICE[code] ?? 'check its disk');
  return new ContractError('storage_unavailable', `The object folder ${root} failed (${code}): ${advice}.`, {
    cause: error,
  });
}

async function whatIsMissing(root: string, bucket: string): Promise<string> {
  const isRootThere = await stat(root).then(
    () => true,
    () => false,
  );
  return bucket !== '' && isRootThere
    ? `there is no such object, or no bucket "${bucket}"`
    : 'the folder is missing: check OBJECTS_DIR';
}

/** Turns "not there" into undefined, and throws any other error again. */
export function absent(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
  throw error;
}
