import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';
import { ConfigError, readEnvironment } from '@vr/service';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkTogether, consoleSettings, type ConsoleConfig } from './config';

function read(environment: Record<string, string>): ConsoleConfig {
  const config = readEnvironment(consoleSettings, environment);
  checkTogether(config);
  return config;
}
function faultsOf(environment: Record<string, string>): string {
  try {
    read(environment);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
const composeFile = z.object({
  services: z.object({ console: z.object({ environment: z.object({ CONSOLE_OPEN: z.string() }) }) }),
});
const TOKEN = 'open-sesame-1';

describe('the console without a token', () => {
  it.each<Record<string, string>>([
    {},
    { HTTP_HOST: 'localhost' },
    { HTTP_HOST: '::1' },
    { HTTP_HOST: '127.0.0.5' },
    { HTTP_HOST: '0.0.0.0', CONSOLE_API_TOKEN: TOKEN },
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: 'true' },
    // docker-compose.jetson.yml passes CONSOLE_BIND on where it is set.
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: '127.0.0.1' },
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: '[::1]' },
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: 'localhost' },
  ])('may stand there: %j', (environment) => expect(faultsOf(environment)).toBe(''));

  it.each<Record<string, string>>([
    { HTTP_HOST: '0.0.0.0' },
    { HTTP_HOST: '::' },
    { HTTP_HOST: '192.168.1.5' },
    { HTTP_HOST: 'recorder.lan' },
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: 'false' },
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: '0.0.0.0' },
    { HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: '192.168.1.5' },
  ])('may not: %j', (environment) => {
    expect(faultsOf(environment)).toContain(
      `wanted a token of at least 8 characters, because with HTTP_HOST "${environment['HTTP_HOST'] ?? ''}" other`,
    );
  });
});

describe('docker-compose.jetson.yml', () => {
  const compose = composeFile.parse(
    parse(readFileSync(join(REPOSITORY, 'docker-compose.jetson.yml'), 'utf8'), { merge: true }),
  );
  /** What Compose makes of `${CONSOLE_BIND:-true}`. */
  const open = (bind: string): string =>
    compose.services.console.environment.CONSOLE_OPEN.replace(
      /^\$\{CONSOLE_BIND:-([^}]*)\}$/,
      (_, absent: string) => bind || absent,
    );

  it.each([
    ['', false],
    ['127.0.0.1', false],
    ['::1', false],
    ['0.0.0.0', true],
    ['192.168.1.5', true],
  ])('with CONSOLE_BIND "%s" asks for a token: %s', (bind, asks) => {
    expect(faultsOf({ HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: open(bind) }) !== '').toBe(asks);
    expect(faultsOf({ HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: open(bind), CONSOLE_API_TOKEN: TOKEN })).toBe('');
  });
  it('says true as long as CONSOLE_BIND is not set', () => expect(open('')).toBe('true'));
});

describe('what the console is told of its surroundings', () => {
  it.each([
    ['false', false],
    ['true', 1],
    ['2', 2],
    ['loopback, 10.0.0.2,172.16.0.0/12,fd00::/8', ['loopback', '10.0.0.2', '172.16.0.0/12', 'fd00::/8']],
  ])('CONSOLE_TRUST_PROXY=%s', (text, trusted) =>
    expect(read({ CONSOLE_TRUST_PROXY: text }).CONSOLE_TRUST_PROXY).toEqual(trusted),
  );

  it('CONSOLE_ALLOWED_HOSTS by commas', () => {
    expect(read({ CONSOLE_ALLOWED_HOSTS: 'recorder.lan, jetson,' }).CONSOLE_ALLOWED_HOSTS).toEqual([
      'recorder.lan',
      'jetson',
    ]);
  });

  it.each<[Record<string, string>, string]>([
    [
      { CONSOLE_OPEN: 'to all' },
      'CONSOLE_OPEN: wanted true, false, or the address that leads to the console, got "to all"',
    ],
    [
      { CONSOLE_ALLOWED_HOSTS: 'http://recorder.lan' },
      'host names by commas, as in "recorder.lan,cameras.example.org", got "http://recorder.lan"',
    ],
    [{ CONSOLE_ALLOWED_HOSTS: '*.lan' }, 'CONSOLE_ALLOWED_HOSTS: wanted host names'],
    ...['yes', '10.0.0.0/33', '0.0.0.0/', 'proxy.lan', '10', ','].map((text): [Record<string, string>, string] => [
      { CONSOLE_TRUST_PROXY: text },
      'CONSOLE_TRUST_PROXY: wanted true, false, how many proxies',
    ]),
    [{ CONSOLE_API_TOKEN: 'short' }, 'CONSOLE_API_TOKEN: wanted at least 8 characters, got *** (a secret)'],
  ])('%j is a fault', (environment, sentence) => expect(faultsOf(environment)).toContain(sentence));
});
