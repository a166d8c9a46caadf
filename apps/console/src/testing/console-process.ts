import { mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { segmentPath } from '@vr/footage';
import { startWorker, temporaryFolder, type TemporaryFolder, type WorkerProcess } from '@vr/testing';

export const TOKEN = 'open-sesame-1';
/** The one segment of cam_1: an hour long, with its start, its name and what it holds. */
export const SEGMENT_START_MS = Date.UTC(2026, 10, 23, 12);
const SEGMENT_NAME = segmentPath('', 'cam_1', SEGMENT_START_MS, 3_600_000).split('/').at(-1) ?? '';
export const SEGMENT_TEXT = '0123456789 footage';
/** These words stand in files beside the console's folders. Nobody may ever be told them. */
const CANARY = 'canary-that-must-not-leave';

export const SEGMENT = `/api/footage/${SEGMENT_NAME}`;
/** No answer may hold these: those files, cameras' passwords, the machine's own files, the insides of the program. */
export const INSIDES = new RegExp(`${CANARY}|root:x:0:|node_modules|at \\w+ \\(|\\.ts:\\d|main\\.js`);

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export const BEARER = { authorization: `Bearer ${TOKEN}` };
export const STILL = '/api/cameras/cam_1/snapshot.jpg';

/** What the sign-in page sends. */
export function signInForm(token: string, headers: Record<string, string> = {}): Ask {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', headers: { ...type, ...headers }, body: `token=${encodeURIComponent(token)}` };
}

/** The built console without NATS and Redis. Its folders hold one segment, with some secrets around them. */
export class ConsoleProcess {
  private constructor(
    readonly folder: TemporaryFolder,
    readonly worker: WorkerProcess,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<ConsoleProcess> {
    const folder = await temporaryFolder('console');
    const below = (name: string): string => join(folder.path, name);
    const segment = segmentPath(below('recordings'), 'cam_1', SEGMENT_START_MS, 3_600_000);
    for (const path of [
      join(segment, '..'),
      below('clips'),
      below('snapshots'),
      below('objects/clips/cam_1'),
      below('objects/snapshots/cam_1'),
      below('audit'),
    ])
      await mkdir(path, { recursive: true });
    await writeFile(segment, SEGMENT_TEXT);
    for (const path of [
      below('secret.txt'),
      below('clips/secret.mp4'),
      below('objects/.secret'),
      join(segment, '../secret.mp4'),
    ])
      await writeFile(path, CANARY);
    await writeFile(
      below('cameras.yml'),
      `cameras: [{id: cam_1, name: Entrada, url: "rtsp://admin:${CANARY}@127.0.0.1:1/s"}]`,
    );
    const worker = await startWorker('console', {
      ...{
        CAMERAS_FILE: below('cameras.yml'),
        RECORDINGS_DIR: below('recordings'),
        CLIPS_DIR: below('clips'),
        SNAPSHOTS_DIR: below('snapshots'),
      },
      ...{
        OBJECTS_DIR: below('objects'),
        AUDIT_DIR: below('audit'),
        NATS_URL: 'nats://127.0.0.1:1',
        REDIS_URL: 'redis://127.0.0.1:1',
      },
      ...environment,
    });
    return new ConsoleProcess(folder, worker);
  }

  get port(): number {
    return this.worker.httpPort;
  }

  /** Sends any header, also Host. The path goes out as it stands. `from` is the address of this machine that asks. */
  async ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}, from = '127.0.0.1'): Promise<Answer> {
    return new Promise((settle, fail) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: this.port, localAddress: from, path, method, headers, agent: false },
        (response) => {
          text(response).then(
            (answer) => settle({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
            fail,
          );
        },
      );
      request.once('error', fail);
      request.end(body);
    });
  }

  /** Sends bytes as they are. Returns all that is answered until the console closes, or is quiet for so long. */
  async raw(bytes: string | Buffer, quietMs = 1000, from = '127.0.0.1'): Promise<string> {
    return new Promise((settle) => {
      let answer = '';
      const socket = connect({ port: this.port, host: '127.0.0.1', localAddress: from });
      const end = (): void => {
        socket.destroy();
        settle(answer);
      };
      socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
      socket.setTimeout(quietMs, end).once('error', end).once('close', end);
      socket.write(bytes);
    });
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.folder.remove();
  }
}
