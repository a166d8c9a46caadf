import { readFileSync } from 'node:fs';
import { errorText, maskSecrets } from '@vr/base';
import { z } from 'zod';
import { learnSetting, shownSetting } from './secret-settings';

/** What came, as the schema says it. We cut it off and say it ourselves, because we know which settings are secret. */
const GOT = /[,;] got (?:nothing|".*")$/s;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Wrong configuration. It holds every fault, so that one look mends all. The process ends with 78 (EX_CONFIG,
 * sysexits.h).
 */
export class ConfigError extends Error {
  static readonly EXIT_CODE = 78;
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    const shown = faults.map((fault) => maskSecrets(fault));
    const list = shown.map((fault) => `  - ${fault}`).join('\n');
    super(`The configuration has ${shown.length} fault${shown.length === 1 ? '' : 's'}:\n${list}`);
    this.name = 'ConfigError';
    this.faults = shown;
  }
}

/**
 * Reads settings from the environment by their schema. Any `X` may come as `X_FILE`, the path of a file that holds it
 * (a mounted secret). An empty value counts as absent.
 */
export function readEnvironment<S extends z.ZodRawShape>(
  shape: S,
  environment: Environment = process.env,
): z.output<z.ZodObject<S>> {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = environment[name] ?? '';
    const path = environment[`${name}_FILE`] ?? '';
    // A setting may itself be called ..._FILE (CAMERAS_FILE). So we read X_FILE for X only where X is a setting.
    if (value !== '') learnSetting(name, value);
    if (value !== '' && path !== '') faults.push(`${name} and ${name}_FILE are both set: wanted one of them`);
    else if (value !== '') values[name] = value;
    else if (path !== '') {
      try {
        const content = readFileSync(path, 'utf8').trim();
        learnSetting(name, content);
        values[name] = content;
      } catch (error) {
        faults.push(`${name}_FILE: cannot read ${path}: ${errorText(error)}`);
      }
    }
  }
  const result = z.object(shape).safeParse(values);
  if (!result.success) {
    for (const { path, message } of result.error.issues) {
      const name = String(path[0] ?? 'environment');
      faults.push(`${name}: ${message.replace(GOT, '')}, got ${shownSetting(name, values[name])}`);
    }
  }
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}
