import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import {
  cameraProgram,
  ensureMedia,
  FPS,
  LOOP_FRAMES,
  type Audio,
  type CameraEvent,
  type CameraSettings,
} from '@vr/camera-simulator';
import type { Cable } from './cable';
import { REPOSITORY } from './folders';
import { endWithUs, letUsGo } from './janitor';
import { freePort } from './ports';

export interface CameraOptions {
  /** numbers from 1 to 64; default [1] */
  cameras?: number[];
  /**
   * So many sets of pictures are made (4 s each) and the cameras share them: for benches. Default: each camera has its
   * own.
   */
  pictures?: number;
  codec?: CameraSettings['codec'];
  audio?: Audio;
  port?: number;
  user?: string;
  password?: string;
  auth?: CameraSettings['auth'];
  gopSeconds?: number;
  bFrames?: number;
  /** 'WIDTHxHEIGHT', and of the pictures that `switch` brings */
  size?: string;
  otherSize?: string;
  /** Pictures come at 12 to 50 a second. */
  variableRate?: boolean;
  /** It stands at the far end; without one, on 127.0.0.1. */
  cable?: Cable;
}

export const CAMERA_FPS = FPS;
/** The number that the picture of the instant shows, see `Picture.frame`. */
export const frameInLoop = (wallMs: number): number => Math.round((wallMs * FPS) / 1000) % LOOP_FRAMES;

type Described = CameraOptions &
  Required<Pick<CameraOptions, 'cameras' | 'codec' | 'audio' | 'user' | 'password' | 'auth' | 'gopSeconds'>>;
const DEFAULTS = {
  cameras: [1],
  codec: 'h264',
  audio: 'none',
  user: 'admin',
  password: 'camera1',
  auth: 'digest',
  gopSeconds: 1,
} satisfies CameraOptions;
const MEDIA = join(REPOSITORY, 'tmp/camera-media');
const START_WITHIN_MS = 15_000;

/** One process of RTSP cameras. Commands resolve when the camera has obeyed. */
export class Camera {
  /** everything it has reported since its first start */
  readonly events: CameraEvent[] = [];
  private child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  private readonly watchers = new Set<(event: CameraEvent) => void>();

  constructor(
    readonly port: number,
    private readonly media: string[],
    private readonly options: Described,
  ) {}

  url(camera = this.options.cameras[0] ?? 1): string {
    const { user, password, auth } = this.options;
    const credentials = auth === 'none' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
    return `rtsp://${credentials}${this.host}:${this.port}/cam${camera}`;
  }

  private get host(): string {
    return this.options.cable?.address ?? '127.0.0.1';
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('the camera has never run');
    return this.child.pid;
  }

  /** The RTSP session stays, pictures stop. */
  stall = (camera?: number) => this.command(`stall ${camera ?? '*'}`);
  resume = (camera?: number) => this.command(`resume ${camera ?? '*'}`);
  /** No key frames come: who joins now is in the middle of a GOP of any length. */
  withholdKeyFrames = (camera?: number) => this.command(`withhold ${camera ?? '*'}`);
  releaseKeyFrames = (camera?: number) => this.command(`release ${camera ?? '*'}`);
  /**
   * From the next key frame on: pictures of `otherSize`, or again of `size`. The SDP that clients hold does not change.
   */
  switchSize = (camera?: number) => this.command(`switch ${camera ?? '*'}`);
  /** Loses the next `count` access units. */
  drop = (camera: number, count: number) => this.command(`drop ${camera} ${count}`);
  /** Closes the connections of all clients. */
  kick = () => this.command('kick');
  /** The whole camera hangs; its connections stay open. */
  freeze = () => this.child?.kill('SIGSTOP');
  /** It goes on with the present; what it missed (3 s and more) is lost. */
  thaw = () => this.child?.kill('SIGCONT');
  /** Closes its stdin, as the death of the process that started it does. */
  hangUp = () => void this.child?.stdin.end();
  kill = () => this.end('SIGKILL');
  stop = () => this.end('SIGTERM');
  restart = async () => {
    await this.kill();
    await this.start();
  };

  /** Resolves with the next event that fits, e.g. `play`: a client reads camera N. */
  next(fits: (event: CameraEvent) => boolean, deadlineMs = 10_000): Promise<CameraEvent> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.watchers.delete(watch);
      };
      const watch = (event: CameraEvent) => {
        if (!fits(event)) return;
        done();
        resolve(event);
      };
      const timer = setTimeout(() => {
        done();
        reject(
          new Error(
            `the camera did not report it in ${deadlineMs} ms; it reported ${JSON.stringify(this.events.slice(-5))}`,
          ),
        );
      }, deadlineMs);
      this.watchers.add(watch);
    });
  }

  async start(): Promise<void> {
    const program = cameraProgram(this.settings());
    const [command = '', ...rest] = [...(this.options.cable?.within ?? []), program.command, ...program.args];
    const child = spawn(command, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...program.environment },
    });
    this.child = child;
    endWithUs(child);
    letUsGo(child);
    child.stdin.on('error', () => undefined); // a command to a dead camera: `next` says that it was not obeyed
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
    createInterface({ input: child.stdout }).on('line', (line) => this.onLine(line));
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the camera did not start (exit ${code ?? '?'}): ${complaint}`)));
    });
    await Promise.race([this.next(({ event }) => event === 'ready', START_WITHIN_MS), ended]);
    ended.catch(() => undefined); // from here on its end is the test's doing
  }

  private settings(): CameraSettings {
    const {
      cameras,
      codec,
      audio,
      auth,
      user,
      password,
      pictures = 0,
      bFrames = 0,
      variableRate = false,
    } = this.options;
    const [media = '', otherMedia] = this.media;
    const { host, port } = this;
    return {
      host,
      port,
      cameras,
      media,
      otherMedia,
      codec,
      audio,
      auth,
      user,
      password,
      bFrames,
      pictures,
      variableRate,
    };
  }

  private onLine(line: string): void {
    const event = JSON.parse(line) as CameraEvent; // our own script's
    this.events.push(event);
    for (const watch of [...this.watchers]) watch(event);
  }

  private async command(command: string): Promise<void> {
    const obeyed = this.next((event) => event.event === 'done' && event.command === command);
    this.child?.stdin.write(`${command}\n`);
    await obeyed;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await ended;
  }
}

/**
 * Real RTSP on 127.0.0.1, with ground truth in every picture (`readTruth`, `readPictures`). Media is made at first use:
 * 4 s a camera.
 */
export async function startCamera(options: CameraOptions = {}): Promise<Camera> {
  const all: Described = { ...DEFAULTS, ...options };
  const { cameras, codec, audio, gopSeconds, bFrames, pictures, size, otherSize } = all;
  const drawn = pictures === undefined ? cameras : Array.from({ length: pictures }, (_, i) => i + 1);
  const wanted = {
    folder: MEDIA,
    cameras: drawn,
    codec,
    audio,
    gopSeconds,
    ...(bFrames && { bFrames }),
    ...(size && { size }),
  };
  const media = [await ensureMedia(wanted)];
  if (otherSize !== undefined) media.push(await ensureMedia({ ...wanted, audio: 'none', size: otherSize }));
  const camera = new Camera(options.port ?? (await freePort()), media, all);
  await camera.start();
  return camera;
}
