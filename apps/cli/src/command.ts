import { stat } from 'node:fs/promises';
import { listTracks } from '@vr/footage';
import { check } from './check';
import { ls } from './ls';
import type { Machine } from './machine';
import { readRequest, USAGE, UsageError } from './usage';

const CANNOT = 2;

/** Does what the command line asks for. It returns the exit code, and tells every outcome in words. */
export async function runCommand(args: readonly string[], machine: Machine): Promise<number> {
  try {
    const request = readRequest(args, {
      nowMs: machine.clock.nowMs(),
      folder: machine.folder,
      recordingsDir: machine.recordingsDir,
    });
    if (!request) {
      machine.out(USAGE);
      return 0;
    }
    const cameraIds = await camerasIn(request.recordingsDir);
    if (request.cameraId !== undefined && !cameraIds.includes(request.cameraId)) {
      throw new UsageError(
        `there is no camera ${request.cameraId} in ${request.recordingsDir}; there are: ` +
          (cameraIds.join(', ') || 'none'),
      );
    }
    const named = request.cameraId === undefined ? undefined : [request.cameraId];
    return await (request.command === 'ls' ? ls(named ?? cameraIds, request, machine) : check(named, request, machine));
  } catch (error) {
    machine.progress?.('');
    if (error instanceof UsageError) machine.say(`${error.message}\n(npm run footage -- --help says what there is)`);
    else machine.say(`footage: ${(error as Error).stack ?? String(error)}`);
    return CANNOT;
  }
}

async function camerasIn(recordingsDir: string): Promise<string[]> {
  const wanted = `wanted the folder of recordings (--dir, RECORDINGS_DIR), got ${recordingsDir}`;
  try {
    if (!(await stat(recordingsDir)).isDirectory()) throw new UsageError(`${wanted}, which is a file`);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${wanted}: ${(error as Error).message}`);
  }
  return listTracks(recordingsDir);
}
