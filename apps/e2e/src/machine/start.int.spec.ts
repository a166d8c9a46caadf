// The machine is not as it should be. `npm start` says at once what a person has to mend, before it builds anything.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { REPOSITORY, temporaryFolder, type TemporaryFolder } from '@vr/testing';

const START = join(REPOSITORY, 'deploy/local/start.mjs');

describe('npm start says what is wrong before it builds', () => {
  let folder: TemporaryFolder;
  let taken: Server;
  let takenPort: number;

  beforeAll(async () => {
    folder = await temporaryFolder('npm-start');
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    takenPort = (taken.address() as AddressInfo).port;
  });
  afterAll(async () => {
    taken.close();
    await folder.remove();
  });

  /** Runs it to its end. It gets no further than its ports, so it installs, builds and starts nothing. */
  async function start(
    environment: Record<string, string>,
    within: readonly string[] = [],
  ): Promise<{ code: number | null; output: string }> {
    const [command, ...rest] = [...within, process.execPath, START];
    const env = {
      PATH: process.env['PATH'],
      HOME: folder.path,
      DATA_DIR: folder.path,
      CONSOLE_HTTP_PORT: `${takenPort}`,
      ...environment,
    };
    const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('a port that is named and taken', async () => {
    const { code, output } = await start({});
    expect(code).toBe(1);
    expect(output).toContain(`CONSOLE_HTTP_PORT: port ${takenPort} of the console is taken by another program`);
    expect(output).not.toMatch(/building|installing/);
  });

  it('a limit of open files that is too low for a house of cameras', async () => {
    const { output } = await start({}, ['prlimit', '--nofile=700:700']);
    expect(output).toMatch(/open files +the limit is 700, wanted at least 2048: ulimit -Hn 2048/);
    expect((await start({}, ['prlimit', '--nofile=1024:4096'])).output).not.toContain('open files');
  });

  it('a stack.json of a stack that was killed goes, also where the start fails', async () => {
    const stackFile = join(folder.path, 'stack.json');
    await writeFile(stackFile, '{"pid": 1}');
    expect((await start({ DEMO_CAMERAS: 'many' })).output).toContain('DEMO_CAMERAS: wanted a whole number');
    await expect(access(stackFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
