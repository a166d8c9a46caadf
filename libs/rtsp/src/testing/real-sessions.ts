/**
 * What a real RTSP server says in a session: of each codec its answers one by one, its frames some at a time, and the
 * beginning of all of it in one piece.
 */
import { CameraStream } from '../camera-stream';
import { SessionTap } from './session-tap';

interface RealCamera {
  port: number;
  url(): string;
  stop(): Promise<void>;
}

const PICTURES = 40;
/** Where the simulator listens. */
const HOST = '127.0.0.1';
const PIECE_BYTES = 6000;
const MOST_PIECES = 60;
export async function realSessions(
  startCamera: (options: { codec: 'h264' | 'h265'; auth: 'digest' }) => Promise<RealCamera>,
): Promise<Buffer[]> {
  const sessions: Buffer[] = [];
  for (const codec of ['h264', 'h265'] as const) {
    const camera = await startCamera({ codec, auth: 'digest' });
    const tap = await SessionTap.before({ host: HOST, port: camera.port });
    try {
      const url = camera.url().replace(String(camera.port), String(tap.port));
      const stream = await CameraStream.open(url, {
        timeoutMs: 10_000,
        transport: 'tcp',
        audio: false,
        nowMs: () => performance.now(),
      });
      let pictures = 0;
      let reports = 0;
      let tell: () => void = () => undefined;
      const enough = new Promise<void>((resolve) => (tell = resolve));
      const heard = (): void => {
        if (pictures >= PICTURES && reports > 0) tell();
      };
      await stream.start({
        video: {
          packet: ({ marker }) => {
            if (marker) pictures++;
            heard();
          },
          report: () => {
            reports++;
            heard();
          },
          restarted: () => undefined,
          goodbye: () => undefined,
        },
      });
      await Promise.race([enough, stream.ended]);
      await stream.end();
    } finally {
      await tap.close();
      await camera.stop();
    }
    const whole = Buffer.concat(tap.said);
    sessions.push(...tap.said.filter((chunk) => chunk[0] === 0x52), whole.subarray(0, 20 * PIECE_BYTES));
    const framesAt = whole.indexOf(Buffer.from([0x24, 0]));
    for (let at = framesAt, i = 0; at < whole.length && i < MOST_PIECES; i++) {
      const from = at;
      while (at + 4 <= whole.length && whole[at] === 0x24 && at - from < PIECE_BYTES)
        at += 4 + whole.readUInt16BE(at + 2);
      if (at === from) break;
      sessions.push(whole.subarray(from, at));
    }
  }
  return sessions;
}
