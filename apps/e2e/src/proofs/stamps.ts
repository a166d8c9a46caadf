// Every frame's time against the truth in it, over a network that is late by 0 to 300 ms.
//
// Truth is the instant at which the camera showed the frame; the stamp is what the footage says (start in the name +
// time in the file). A recorder sees arrivals only. It can know how much later than the quickest a frame came, but
// never how late the quickest was: so an honest link must let some frames through at once, and what it adds must change
// from fragment to fragment. Its delay is therefore drawn from 0 on, and holds for 40 to 400 ms.
import { setTimeout as wait } from 'node:timers/promises';
import { jumpsIn, openDescriptors, startJitteryLink, type JitteryLink } from '@vr/testing';
import { mean, percentile } from './figures';
import type { Report } from './report';
import { startRig, untilAllRecord } from './rig';
import { doubledIn, gapLines, overlapsIn, witnessSegments, type WitnessedFrame } from './witness';

export interface StampOptions {
  minutes: number;
  seed: number;
}

/** Each has a link, and so an anchor of the clock, of its own: four throws of the dice in one run. */
const CAMERAS = 4;
const MOST_DELAY_MS = 300;
const SEGMENT_SECONDS = 5;
/** Segments end at the first key frame after SEGMENT_SECONDS, and there is one a second. */
const LONGEST_SEGMENT_SECONDS = 6;
/** A run does not roll before its start is known for good. */
const FIRST_SEGMENT_SECONDS = 21;
const MOST_P99_MS = 120;

export async function proveStamps({ minutes, seed }: StampOptions, report: Report): Promise<void> {
  const links: JitteryLink[] = [];
  const rig = await startRig({
    cameras: CAMERAS,
    gopSeconds: 1,
    environment: { SEGMENT_SECONDS: `${SEGMENT_SECONDS}` },
    way: async (url, n, { keep }) => {
      const there = new URL(url);
      const link = await startJitteryLink({
        targetPort: Number(there.port),
        seed: seed * 1000 + n,
        maxDelayMs: MOST_DELAY_MS,
      });
      keep(() => link.stop());
      links.push(link);
      there.port = `${link.port}`;
      return there.href;
    },
  });
  try {
    const recorder = await rig.spawnRecorder();
    await recorder.waitLive();
    await untilAllRecord(recorder, CAMERAS);
    await wait(SEGMENT_SECONDS * 1000);
    const descriptors = await openDescriptors(recorder.pid);
    await wait(minutes * 60_000 - SEGMENT_SECONDS * 1000);
    const more = (await openDescriptors(recorder.pid)) - descriptors;
    await recorder.stop();

    const delaysMs = links.flatMap((link) => link.delaysMs);
    report.say(
      `${minutes} minutes, seed ${seed}; the links were late by ${spread(delaysMs).join(' / ')} ms ` +
        `(p50 / p99 / most of ${delaysMs.length} chunks)`,
    );
    const rows: string[][] = [];
    const all: WitnessedFrame[] = [];
    const faults: string[] = [];
    let boundaries = Infinity;
    for (const cameraId of rig.cameraIds) {
      const witnessed = await witnessSegments(rig.recordingsDir, cameraId);
      const frames = witnessed.flatMap((each) => each.frames);
      all.push(...frames);
      rows.push([
        cameraId,
        `${witnessed.length}`,
        `${frames.length}`,
        mean(frames.map(lateMs)).toFixed(0),
        ...spread(frames.map(errorMs)),
      ]);
      boundaries = Math.min(boundaries, witnessed.length - 1);
      faults.push(
        ...witnessed.flatMap(({ segment, complaint }) =>
          complaint === undefined ? [] : [`${segment.fileName}: ${complaint}`],
        ),
        ...jumpsIn(frames.map(({ frame, truthMs }) => ({ frame, wallMs: truthMs, camera: 0 }))).map(
          ({ afterMs, missing }) =>
            `${cameraId}: ${missing} frames are missing after ${new Date(afterMs).toISOString()}`,
        ),
        ...doubledIn(frames).map((frame) => `${cameraId}: frame ${frame} stands twice`),
        ...overlapsIn(witnessed.map(({ segment }) => segment)),
        ...(await gapLines(rig.recordingsDir, cameraId)).map(({ reason }) => `${cameraId}: a gap, ${reason}`),
      );
    }
    report.table(
      ['stamp - truth', 'segments', 'frames', 'mean ms', 'p50 of |ms|', 'p99', 'most'],
      [...rows, ['all', '', `${all.length}`, mean(all.map(lateMs)).toFixed(0), ...spread(all.map(errorMs))]],
    );
    const p99 = percentile(all.map(errorMs), 0.99);
    report.aim(`p99 of |stamp - truth| at most ${MOST_P99_MS} ms`, `${p99.toFixed(0)} ms`, p99 <= MOST_P99_MS);
    const wanted = Math.floor((minutes * 60 - FIRST_SEGMENT_SECONDS) / LONGEST_SEGMENT_SECONDS);
    report.aim(`at least ${wanted} boundaries a camera`, boundaries, boundaries >= wanted);
    report.aim(
      'no frame lost or doubled, no gap, no overlap, every file opens',
      faults.length === 0 ? 'yes' : `no, ${faults.length}: ${faults.slice(0, 4).join('; ')}`,
      faults.length === 0,
    );
    report.aim('the last segments hold no more file descriptors than the first', more, more <= 0);
  } finally {
    await rig.stop();
  }
}

const lateMs = ({ stampMs, truthMs }: WitnessedFrame): number => stampMs - truthMs;
const errorMs = (frame: WitnessedFrame): number => Math.abs(lateMs(frame));
const spread = (values: readonly number[]): string[] =>
  [0.5, 0.99, 1].map((share) => percentile(values, share).toFixed(0));
