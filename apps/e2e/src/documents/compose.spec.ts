// What docker-compose.jetson.yml and the Dockerfile promise, read from the files. Nothing here runs a container.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretSetting, readEnvironment } from '@vr/service';
import { REPOSITORY } from '@vr/testing';
import { parse } from 'yaml';
import { z } from 'zod';
import { nodeFlags } from '../../../../deploy/local/node-flags.mjs';
import { schemaOf, settingsOf, WORKERS } from './worker-settings';

const service = z.object({
  build: z.object({ target: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.unknown().optional(),
  mem_limit: z.string(),
  pids_limit: z.number().positive(),
  networks: z.array(z.string()).min(1),
  runtime: z.unknown().optional(),
  group_add: z.unknown().optional(),
  devices: z.unknown().optional(),
});
type Service = z.output<typeof service>;
const composeFile = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
});
const LIMIT_OF_ALL_BYTES = 1e9;
const BYTES = { m: 1024 ** 2, g: 1024 ** 3 };

const text = (path: string): Promise<string> => readFile(join(REPOSITORY, path), 'utf8');
/** `${RECORDER_MEMORY:-208m}`, where .env says nothing. */
function limitBytes(limit: string): number {
  const [, count = '', unit = ''] = /^(?:\$\{[A-Z_]+:-)?(\d+)([mg])\}?$/.exec(limit) ?? [];
  return Number(count) * BYTES[z.enum(['m', 'g']).parse(unit)];
}
/** What Compose makes of `${NAME:-default}` and `${NAME-default}`. */
const interpolated = (value: string, dotEnv: ReadonlyMap<string, string>): string =>
  value.replace(/\$\{([A-Z0-9_]+)(:?)-([^}]*)\}/g, (_, name: string, colon: string, absent: string) => {
    const said = dotEnv.get(name);
    return said === undefined || (said === '' && colon !== '') ? absent : said;
  });
const isFileOf = (name: string, settings: readonly string[]): boolean =>
  name.endsWith('_FILE') && settings.includes(name.replace(/_FILE$/, ''));

describe('docker-compose.jetson.yml', () => {
  let compose: z.output<typeof composeFile>;
  beforeAll(async () => {
    compose = composeFile.parse(parse(await text('docker-compose.jetson.yml'), { merge: true }));
  });
  const worker = (name: string): Service => service.parse(compose.services[name]);

  it('gives our five workers less than 1 GB together', () => {
    const limits = WORKERS.map((name) => limitBytes(worker(name).mem_limit));
    const sum = limits.reduce((bytes, one) => bytes + one, 0);
    expect(sum).toBeGreaterThan(LIMIT_OF_ALL_BYTES / 2);
    expect(sum).toBeLessThan(LIMIT_OF_ALL_BYTES);
  });

  it.each(WORKERS)('tells the %s only settings that it reads, and all that it reads', async (name) => {
    const settings = await settingsOf(name);
    const { environment, env_file: envFile } = worker(name);
    const told = Object.keys(environment);
    expect(envFile).toBeUndefined();
    expect(told.filter((one) => !settings.includes(one) && !isFileOf(one, settings))).toEqual([]);
    // The image says these, and a container needs no mount point of its own to be looked for.
    const elsewhere = ['HTTP_HOST', 'HTTP_PORT', 'RECORDINGS_REQUIRE_MOUNT'];
    const reachable = settings.filter((one) => told.includes(one) || told.includes(`${one}_FILE`));
    expect(settings.filter((one) => !reachable.includes(one))).toEqual(
      settings.filter((one) => elsewhere.includes(one)),
    );
  });

  it.each(WORKERS)(
    'starts the %s with deploy/env.example as it stands, once the console’s token is there',
    async (name) => {
      const lines = (await text('deploy/env.example')).matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm);
      const dotEnv = new Map(Array.from(lines, ([, key = '', value = '']): [string, string] => [key, value]));
      const { environment } = worker(name);
      const told = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, interpolated(value, dotEnv)]),
      );
      const schema = await schemaOf(name);
      const { CONSOLE_API_TOKEN_FILE: tokenFile, ...others } = told;
      expect(readEnvironment(schema, others)).toMatchObject({ NODE_ID: 'node1', CAMERAS_FILE: '/config/cameras.yaml' });
      if (name !== 'console') return;
      const missing = { ...others, CONSOLE_API_TOKEN_FILE: tokenFile };
      expect(() => readEnvironment(schema, missing)).toThrow('cannot read /config/secrets/console-token');
    },
  );

  it.each(WORKERS)('has no secret of the %s in an environment: secrets are files', (name) => {
    const { environment } = worker(name);
    const secrets = Object.keys(environment).filter((one) => isSecretSetting(one.replace(/_FILE$/, '')));
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter((one) => !one.endsWith('_FILE'))).toEqual([]);
    expect(Object.values(environment).filter((value) => /:\/\/[^/]*@/.test(value))).toEqual([]);
  });

  it('asks for the console’s token, unless .env says expressly that there is none', () => {
    expect(worker('console').environment['CONSOLE_API_TOKEN_FILE']).toMatch(/^\$\{CONSOLE_API_TOKEN_FILE-\/config\//);
  });

  it('lets only the clipper and the console reach Redis, and Redis reach nothing outside', () => {
    const onQueue = Object.keys(compose.services).filter((name) => worker(name).networks.includes('queue'));
    expect(onQueue.sort()).toEqual(['clipper', 'console', 'redis']);
    expect(worker('redis').networks).toEqual(['queue']);
    expect(compose.networks['queue']).toEqual({ internal: true });
  });

  it('knows each network that a service is in', () => {
    const used = new Set(Object.values(compose.services).flatMap(({ networks }) => networks));
    expect([...used].sort()).toEqual(Object.keys(compose.networks).sort());
  });

  it('leaves the GPU to docker-compose.encoder.yml', async () => {
    for (const { runtime, group_add: groups, devices } of Object.values(compose.services))
      expect([runtime, groups, devices]).toEqual([undefined, undefined, undefined]);
    const override = z
      .object({ services: z.record(z.string(), z.object({ runtime: z.string(), group_add: z.array(z.string()) })) })
      .parse(parse(await text('docker-compose.encoder.yml')));
    expect(Object.keys(override.services)).toEqual(['recorder']);
  });

  it('builds each worker from a target of its own, and JavaScript once for all', async () => {
    const dockerfile = await text('deploy/images/Dockerfile');
    for (const name of WORKERS) {
      expect(worker(name).build?.target).toBe(name);
      expect(dockerfile).toMatch(new RegExp(`^FROM \\w+ AS ${name}$`, 'm'));
      expect(dockerfile).toContain(`COPY --from=build /src/dist/apps/${name} ./\nUSER node\n`);
    }
    expect(dockerfile.match(/nx run-many -t build/g)).toHaveLength(1);
    expect(dockerfile).toContain(`-p ${WORKERS.join(',')}\n`);
  });

  it('runs Node with the flags of npm start', async () => {
    const dockerfile = await text('deploy/images/Dockerfile');
    const commands = Array.from(dockerfile.matchAll(/^CMD (\[.*\])$/gm), ([, command = '']): unknown =>
      JSON.parse(command),
    );
    const wanted = (name: string): string[] => ['node', ...nodeFlags(name, {}), 'main.js'];
    expect(commands).toEqual([wanted('console'), wanted('recorder')]);
  });
});
