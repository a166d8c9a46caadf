import { readFileSync } from 'node:fs';
import { camerasFile, maskPasswords, type CameraConfig } from '@vr/contracts';
import { parse } from 'yaml';
import { ConfigError, type Environment } from './environment';

const CAMERA_VARIABLE = /^CAMERA_([A-Za-z0-9][A-Za-z0-9_-]{0,63})_URL$/;

/** Reads the cameras from the file at `path` (CAMERAS_FILE), or without one from `CAMERA_<ID>_URL` variables. */
export function loadCameras(path: string | undefined, environment: Environment = process.env): CameraConfig[] {
  return path === undefined ? camerasFromVariables(environment) : camerasFromFile(path, environment);
}

function camerasFromFile(path: string, environment: Environment): CameraConfig[] {
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([`CAMERAS_FILE: cannot read ${path}: ${maskPasswords((error as Error).message)}`]);
  }
  const faults: string[] = [];
  const cameras = readCameras(substitute(document, environment, faults), 'CAMERAS_FILE', faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return cameras;
}

function camerasFromVariables(environment: Environment): CameraConfig[] {
  const cameras = Object.entries(environment).flatMap(([name, url]) => {
    const id = CAMERA_VARIABLE.exec(name)?.[1];
    return id === undefined || url === undefined || url === '' ? [] : [{ id: id.toLowerCase(), url }];
  });
  const faults: string[] = [];
  const read = readCameras({ cameras }, 'CAMERA_<ID>_URL', faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return read;
}

function readCameras(document: unknown, setting: string, faults: string[]): CameraConfig[] {
  const result = camerasFile.safeParse(document);
  if (result.success) return result.data.cameras;
  for (const { path, message } of result.error.issues) faults.push(`${setting}: ${path.join('.')}: ${maskPasswords(message)}`);
  return [];
}

/** Puts the environment's values for `${VAR}` into every text of a parsed document. */
function substitute(value: unknown, environment: Environment, faults: string[]): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found === undefined) faults.push(`CAMERAS_FILE: \${${name}} is not set in the environment`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, environment, faults));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, environment, faults)]));
  }
  return value;
}
