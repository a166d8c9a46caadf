/** RECORDINGS_DIR/.quarantine: what is no footage, and stands in the way of what is. Nothing is deleted there. */
import { access, mkdir, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorCode, joinNames, syncToDisk } from '@vr/base';
import { makeFolder, QUARANTINE_FOLDER } from './names';

/** Moves a file that is no footage out of the readers' way; its bytes stay. Returns where it is now. */
export async function quarantine(recordingsDir: string, path: string): Promise<string> {
  const target = await quarantinePath(recordingsDir, basename(path));
  await renameDurably(path, target);
  return target;
}

/** A name in quarantine that is still free. */
export async function quarantinePath(recordingsDir: string, name: string): Promise<string> {
  const folder = await makeFolder(recordingsDir, QUARANTINE_FOLDER);
  for (let i = 0; ; i++) {
    const path = joinNames(folder, i === 0 ? name : `${name}.${i}`);
    if (!(await exists(path))) return path;
  }
}

/** A rename that survives a power cut and replaces nothing: false, and nothing done, where `to` is there already. */
export async function renameDurably(from: string, to: string): Promise<boolean> {
  if (await exists(to)) return false;
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  await syncToDisk(dirname(to));
  if (dirname(from) !== dirname(to)) await syncToDisk(dirname(from));
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
