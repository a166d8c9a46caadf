// How the two simulators are run: their command lines, what they ask for and what they report.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FPS, type Audio } from './media';

/** A process to start: it is the caller's, and ends when its stdin ends. */
export interface Program {
  command: string;
  args: string[];
  /** to be added to the environment */
  environment: Record<string, string>;
}

/** As camera.py takes it; media is what `ensureMedia` made. */
export interface CameraSettings {
  host: string;
  port: number;
  cameras: readonly number[];
  media: string;
  /** of another size, with the same GOP, for the command `switch` */
  otherMedia?: string | undefined;
  codec: 'h264' | 'h265';
  audio: Audio;
  auth: 'digest' | 'basic' | 'none';
  user: string;
  password: string;
  bFrames: number;
  /** The cameras share so many sets of pictures; 0: each has its own. */
  pictures: number;
  /** Pictures come at 12 to 50 a second. */
  variableRate: boolean;
}

/** A line that camera.py reports. */
export interface CameraEvent {
  event: 'ready' | 'play' | 'idle' | 'client' | 'closed' | 'done' | 'error';
  wallMs: number;
  camera?: number;
  command?: string;
  message?: string;
}

/** What is wrong with a camera of faultcam.py, which has the defaults. */
export interface CameraFaults {
  codec?: 'h264' | 'h265' | 'vp8' | 'mjpeg';
  gopSeconds?: number;
  bFrames?: number;
  /** 'WIDTHxHEIGHT' */
  size?: string;
  /** `keyFrame`: a session's first picture is one, as with most cameras. Default: anywhere. */
  beginsAt?: 'anywhere' | 'keyFrame';
  /** At which rate the stamps count pictures, and at which they are really sent; 25 each. */
  statedFps?: number;
  sentFps?: number;
  /** So many pictures after each other carry one stamp. */
  clump?: number;
  stamps?: 'true' | 'stuck' | 'jitter' | 'milliseconds';
  /** From `jumpAfterSeconds` (10) of a session on, stamps are off by so much. */
  jumpSeconds?: number;
  jumpAfterSeconds?: number;
  secondTrack?: 'none' | 'metadata' | 'audio';
  /** The NTP time of the sender reports; `step`: from `stepAfterSeconds` (6) of a session on, off by `stepSeconds`. */
  reports?: 'none' | 'good' | 'stuck' | 'zero' | 'step';
  reportEverySeconds?: number;
  stepSeconds?: number;
  stepAfterSeconds?: number;
}

const script = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

export function cameraProgram(settings: CameraSettings): Program {
  const { host, port, cameras, media, otherMedia, codec, audio, auth, bFrames, pictures, variableRate } = settings;
  const args = ['-B', script('camera.py'), '--host', host, '--port', `${port}`, '--cams', cameras.join(',')];
  args.push('--pictures', `${pictures}`, '--auth', auth, '--fps', `${FPS}`);
  args.push('--codec', codec, '--b-frames', `${bFrames}`, '--audio', audio, '--media', media);
  if (variableRate) args.push('--variable');
  if (otherMedia !== undefined) args.push('--other', otherMedia);
  return {
    command: pythonWithGstreamer(),
    args,
    // No process list shows them.
    environment: { CAMERA_USER: settings.user, CAMERA_PASSWORD: settings.password },
  };
}

/** `cameras`: name -> what faultcam.py says of a camera. */
export function faultCameraProgram(port: number, cameras: Readonly<Record<string, object>>): Program {
  return {
    command: 'python3',
    args: ['-B', script('faultcam.py'), `${port}`, JSON.stringify(cameras)],
    environment: {},
  };
}

/** Debian's own Python has python3-gi. A newer one that comes before it in PATH usually has not. */
function pythonWithGstreamer(): string {
  const system = '/usr/bin/python3';
  return existsSync(system) ? system : 'python3';
}
