import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorText, knownSecrets } from '@vr/base';
import { cameraId, camerasFile, type CameraConfig } from '@vr/contracts';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigError, type Environment } from './environment';
import { isSecretSetting } from './secret-settings';

const CAMERA_VARIABLE = /^CAMERA_([A-Za-z0-9][A-Za-z0-9_-]{0,63})_URL$/;
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Finds a URL in a text that is not YAML. */
const URL_IN_TEXT = /[a-z][a-z0-9+.-]*:\/\/[^\s]+/gi;
/** People name variables like this. Another name may be a password that somebody put into the brackets. */
const VARIABLE_NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
/** Beside CAMERAS_FILE. */
const SECRETS_FOLDER = 'secrets';
const SETTING_NAME = /^[a-z][a-z0-9_]{0,30}$/;

/**
 * Reads the cameras from the file at `path` (CAMERAS_FILE). Without a path it reads `CAMERA_<ID>_URL` variables. From
 * then on the masks know their secrets.
 */
export function loadCameras(path: string | undefined, environment: Environment = process.env): CameraConfig[] {
  return path === undefined ? camerasFromVariables(environment) : camerasFromFile(path, environment);
}

function camerasFromFile(path: string, environment: Environment): CameraConfig[] {
  const document = readDocument(path);
  const faults: string[] = [];
  const cameras = readCameras(
    substitute(document, { environment, folder: join(dirname(path), SECRETS_FOLDER), faults }),
    'CAMERAS_FILE',
    faults,
  );
  if (faults.length > 0) throw new ConfigError(faults);
  return cameras;
}

/** Says only the place of a fault, because the parser's own words quote the file, passwords and all. */
function readDocument(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`CAMERAS_FILE: cannot read ${path}: ${errorText(error)}`]);
  }
  const document = parseDocument(text, { logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault) {
    for (const [url] of text.matchAll(URL_IN_TEXT)) learnUrlOfText(url);
    const { line, col } = fault.linePos?.[0] ?? { line: 1, col: 1 };
    throw new ConfigError([
      `CAMERAS_FILE: cannot read ${path}: line ${line}, column ${col} is no YAML (${fault.code}): ` +
        'look at its quotes, brackets and indents',
    ]);
  }
  try {
    return document.toJS() as unknown;
  } catch {
    // The parser's words hold the alias's name, which may be a password that begins with an asterisk.
    throw new ConfigError([
      `CAMERAS_FILE: cannot read ${path}: it holds an alias (*name) without its anchor (&name), or too many: ` +
        'put a value that begins with * into quotes',
    ]);
  }
}

/** Nobody knows where the URL ends. So it learns it with and without the quotes and brackets behind it. */
function learnUrlOfText(url: string): void {
  if (url.includes('${')) return;
  for (const end of [url, url.replace(/[\]}"',]+$/, '')]) knownSecrets.addUrl(end);
}

function camerasFromVariables(environment: Environment): CameraConfig[] {
  const cameras = Object.entries(environment).flatMap(([name, url]) => {
    const id = CAMERA_VARIABLE.exec(name)?.[1];
    if (id === undefined || url === undefined || url === '' || isSubOfAnother(name, environment)) return [];
    const subUrl = environment[`CAMERA_${id}_SUB_URL`];
    return [{ id: id.toLowerCase(), url, ...(subUrl && { sub_url: subUrl }) }];
  });
  for (const { url, sub_url: subUrl } of cameras)
    for (const each of [url, ...(subUrl === undefined ? [] : [subUrl])]) knownSecrets.addUrl(each);
  const faults: string[] = [];
  const read = readCameras({ cameras }, 'CAMERA_<ID>_URL', faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return read;
}

/** `CAMERA_X_SUB_URL` beside `CAMERA_X_URL` is X's sub-stream. Alone it is a camera `x_sub`, as it always was. */
function isSubOfAnother(name: string, environment: Environment): boolean {
  return name.endsWith('_SUB_URL') && Boolean(environment[name.replace(/_SUB_URL$/, '_URL')]);
}

function readCameras(document: unknown, setting: string, faults: string[]): CameraConfig[] {
  const result = camerasFile.safeParse(document);
  if (result.success) return result.data.cameras;
  for (const issue of result.error.issues)
    faults.push(
      issue.path.length === 0 && issue.code === 'invalid_type'
        ? `${setting}: wanted "cameras:" and a list below it, got ${kindOf(document)}`
        : `${setting}: ${placeOf(issue.path, document)}${words(issue, document)}`,
    );
  return [];
}

function kindOf(document: unknown): string {
  if (document === null || document === undefined) return 'an empty file';
  return Array.isArray(document) ? 'a list' : `a ${typeof document}`;
}

/** `cameras.1.url of cam_2`. People know their cameras by id, and count them from one. */
function placeOf(path: readonly PropertyKey[], document: unknown): string {
  if (path.length === 0) return '';
  const id = cameraId.safeParse(field(path.slice(0, 2).reduce<unknown>(field, document), 'id'));
  const named = id.success && path.length > 2 && path[2] !== 'id' ? ` of ${id.data}` : '';
  return `${path.join('.')}${named}: `;
}

/** A comma in a password without quotes makes settings of its parts. Such names have no value, and are not shown. */
function words(issue: z.core.$ZodIssue, document: unknown): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const at = issue.path.reduce<unknown>(field, document);
  const names = issue.keys.map((key) =>
    SETTING_NAME.test(key) && field(at, key) !== null ? `"${key}"` : 'one that is no name (is a URL without quotes?)',
  );
  return `unknown settings: ${[...new Set(names)].join(', ')}`;
}

function field(of: unknown, name: PropertyKey): unknown {
  return typeof of === 'object' && of !== null ? (of as Record<PropertyKey, unknown>)[name] : undefined;
}

interface Variables {
  environment: Environment;
  /** For variables that the environment lacks: a file for each, of its name. */
  folder: string;
  faults: string[];
}

/** Puts the values for `${VAR}` into every text of a parsed document. */
function substitute(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return substituteText(value, variables);
  if (Array.isArray(value)) return value.map((item) => substitute(item, variables));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, variables)]));
  }
  return value;
}

function substituteText(text: string, { environment, folder, faults }: Variables): string {
  const used: { name: string; value: string }[] = [];
  const result = text.replace(VARIABLE, (_, name: string) => {
    const value = environment[name] ?? contentIn(folder, name);
    if (value === undefined)
      faults.push(
        'CAMERAS_FILE: ' +
          (VARIABLE_NAME.test(name) ? `\${${name}}` : 'a ${...} whose name is not in capitals, and is not shown,') +
          ` is not set in the environment, and ${folder} has no file of that name that can be read`,
      );
    else used.push({ name, value });
    return value ?? '';
  });
  const isUrl = result.includes('://');
  if (isUrl) knownSecrets.addUrl(result);
  for (const { name, value } of used)
    if (isSecretSetting(name) || (isUrl && isSecretInUrl(value, result))) knownSecrets.add(value);
  return result;
}

/** What a variable brings into a URL is secret, except for its host and numbers. */
function isSecretInUrl(value: string, url: string): boolean {
  const host =
    /^[^/?#]*/
      .exec(url.slice(url.indexOf('://') + 3))?.[0]
      .split('@')
      .at(-1) ?? '';
  return !value.includes('://') && !/^\d+$/.test(value) && !host.includes(value);
}

function contentIn(folder: string, name: string): string | undefined {
  if (!VARIABLE_NAME.test(name)) return undefined;
  try {
    return readFileSync(join(folder, name), 'utf8').trim();
  } catch {
    return undefined; // the fault says what was looked for
  }
}
