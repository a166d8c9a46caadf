// What the proof `proxy` plays on: certificates by a CA of its own, the examples of deploy/proxy with its ports and
// paths, the console behind them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { segmentPath } from '@vr/footage';
import { endWithUs, freePort, needBinary, REPOSITORY, runToEnd, spawnWorker, type WorkerProcess } from '@vr/testing';

/** The name that the examples give to the console. */
export const NAME = 'recorder.example.org';
export const TOKEN = 'open-sesame-1';
export const LARGE_BYTES = 200_000_000;
export type ProxyName = 'caddy' | 'nginx';

export interface RunningProxy {
  /** all that it has said */
  output: string;
  stop(): Promise<void>;
}

export interface ConsoleBehind {
  worker: WorkerProcess;
  /** the bytes of its only snapshot */
  picture: Buffer;
  segmentName: string;
}

/** A CA, and its certificate for the examples' name. */
export async function makeCertificates(folder: string): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
  const authority = [...key, at('ca.key'), '-out', at('ca.crt'), '-days', '2', '-subj', '/CN=proof CA'];
  await runToEnd('openssl', ['req', '-x509', ...authority]);
  const request = [...key, at('recorder.key'), '-out', at('recorder.csr'), '-subj', `/CN=${NAME}`];
  await runToEnd('openssl', ['req', ...request]);
  writeFileSync(at('san'), `subjectAltName=DNS:${NAME}\n`);
  const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('san')];
  await runToEnd('openssl', ['x509', '-req', '-in', at('recorder.csr'), ...by, '-out', at('recorder.crt')]);
}

export async function startProxy(
  name: ProxyName,
  folder: string,
  ports: { port: number; consolePort: number },
): Promise<RunningProxy> {
  return name === 'caddy' ? startCaddy(folder, ports) : startNginx(folder, ports);
}

interface Ports {
  port: number;
  consolePort: number;
}

async function startCaddy(folder: string, { port, consolePort }: Ports): Promise<RunningProxy> {
  const site = example('Caddyfile', [
    [`\n${NAME} {`, `\n${NAME}:${port} {`],
    ['/etc/caddy/recorder', join(folder, 'recorder')],
    ['127.0.0.1:8080', `127.0.0.1:${consolePort}`],
  ]);
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  const args = ['run', '--adapter', 'caddyfile', '--config', file];
  return startProcess(await needBinary('caddy'), args, folder);
}

async function startNginx(folder: string, { port, consolePort }: Ports): Promise<RunningProxy> {
  const site = example('nginx.conf', [
    ['listen 443', `listen 127.0.0.1:${port}`],
    ['listen 80 ', `listen 127.0.0.1:${await freePort()} `],
    ['/etc/nginx/recorder', join(folder, 'recorder')],
    ['127.0.0.1:8080', `127.0.0.1:${consolePort}`],
  ]);
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, `nginx-${name}`)};`)
    .join(' ');
  const file = join(folder, 'nginx.conf');
  const head = `daemon off; pid ${join(folder, 'nginx.pid')}; error_log stderr;\nevents {}\n`;
  writeFileSync(file, `${head}http { access_log off; ${folders}\n${site}\n}\n`);
  return startProcess(await needBinary('nginx'), ['-e', 'stderr', '-c', file], folder);
}

/** An example with this proof's ports and paths. Each must be there, so that the example stays what is run. */
function example(file: string, changes: readonly [string, string][]): string {
  return changes.reduce(
    (text, [from, to]) => {
      assert(text.includes(from), `deploy/proxy/${file} has no "${from}"`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(REPOSITORY, 'deploy/proxy', file), 'utf8'),
  );
}

function startProcess(command: string, args: readonly string[], home: string): RunningProxy {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  const ended = once(child, 'exit');
  const proxy: RunningProxy = {
    output: '',
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (proxy.output += text));
  return proxy;
}

/** A console with one snapshot, and an hour of footage as far as bytes go. */
export async function startConsole(folder: string, publicUrl: string): Promise<ConsoleBehind> {
  const at = (...names: string[]): string => join(folder, ...names);
  const [day, startMs] = ['2026-11-23', Date.UTC(2026, 10, 23, 12)];
  for (const name of ['recordings', 'clips', 'audit']) mkdirSync(at(name), { recursive: true });
  const name = 'cam_1_2026-11-23T12-00-00.000Z.jpg';
  const picturePath = at('objects/snapshots/cam_1', day, name);
  const copyPath = at('snapshots/cam_1', day, name);
  for (const path of [picturePath, copyPath]) mkdirSync(dirname(path), { recursive: true });
  const grey = ['-f', 'lavfi', '-i', 'color=gray:s=320x180', '-frames:v', '1'];
  await runToEnd('ffmpeg', ['-v', 'error', '-y', ...grey, picturePath]);
  copyFileSync(picturePath, copyPath);
  const segment = segmentPath(at('recordings'), 'cam_1', startMs, 3_600_000);
  mkdirSync(dirname(segment), { recursive: true });
  writeFileSync(segment, '');
  truncateSync(segment, LARGE_BYTES);
  const worker = await spawnWorker('console', {
    RECORDINGS_DIR: at('recordings'),
    SNAPSHOTS_DIR: at('snapshots'),
    CLIPS_DIR: at('clips'),
    OBJECTS_DIR: at('objects'),
    AUDIT_DIR: at('audit'),
    NATS_URL: 'nats://127.0.0.1:1',
    REDIS_URL: 'redis://127.0.0.1:1',
    CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s',
    CONSOLE_API_TOKEN: TOKEN,
    CONSOLE_TRUST_PROXY: 'true',
    CONSOLE_PUBLIC_URL: publicUrl,
  });
  await worker.waitLive();
  return { worker, picture: readFileSync(picturePath), segmentName: basename(segment) };
}
