// What the recording bench prints, and its aims.
import type { Memory } from '@vr/testing';
import { fitLine, mean, percentile, sum } from './figures';
import type { CountResult, Costs } from './recording-costs';
import type { Report } from './report';

const MOST_BYTES_RATIO = 1.02;

/** By how many cameras: the CPU of the recorder and its ffmpegs beside bare ffmpeg, and the memory of its process. */
const AIMS = {
  ffmpeg: { cpuRatio: () => 1.25, residentMb: between({ at4: 100, at64: 200 }) },
  native: {
    cpuRatio: (cameras: number) => (cameras < 16 ? 0.5 : 0.35),
    proportionalMb: (cameras: number) =>
      cameras <= 16 ? 80 + ((cameras - 4) * 20) / 12 : 100 + ((cameras - 16) * 40) / 48,
  },
};

/** A straight line. */
function between({ at4, at64 }: { at4: number; at64: number }): (cameras: number) => number {
  return (cameras) => at4 + (Math.max(0, cameras - 4) * (at64 - at4)) / 60;
}

const oursMs = ({ nodeMs, childrenMs }: Costs): number => nodeMs + childrenMs;
const ratioOf = (windows: readonly Costs[]): number =>
  sum(windows.map(oursMs)) / sum(windows.map(({ bareMs }) => bareMs));
const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
const totalMb = (all: readonly Memory[], of: keyof Memory): string => mb(sum(all.map((each) => each[of])));

export function tell(result: CountResult, report: Report): void {
  const { windows, windowMs, memory, cameras, source } = result;
  /** of one core, in percent */
  const share = (pick: (costs: Costs) => number): string[] => {
    const shares = windows.map((each) => (pick(each) / windowMs) * 100);
    return [mean(shares), Math.min(...shares), Math.max(...shares), mean(shares) / cameras].map((value) =>
      value.toFixed(2),
    );
  };
  const ratios = windows.map((each) => ratioOf([each]));
  report.table(
    [
      `${cameras} cameras, ${source}`,
      'CPU, % of a core',
      'least',
      'most',
      'a camera',
      'RSS MB',
      'PSS MB',
      'peak RSS MB',
    ],
    [
      [
        'recorder process',
        ...share(({ nodeMs }) => nodeMs),
        mb(memory.node.residentBytes),
        mb(memory.node.proportionalBytes),
        mb(memory.node.peakBytes),
      ],
      [
        'its ffmpegs',
        ...share(({ childrenMs }) => childrenMs),
        totalMb(memory.children, 'residentBytes'),
        totalMb(memory.children, 'proportionalBytes'),
        totalMb(memory.children, 'peakBytes'),
      ],
      [
        'both',
        ...share(oursMs),
        '',
        mb(memory.node.proportionalBytes + sum(memory.children.map((each) => each.proportionalBytes))),
        '',
      ],
      [
        'bare ffmpegs',
        ...share(({ bareMs }) => bareMs),
        totalMb(memory.bare, 'residentBytes'),
        totalMb(memory.bare, 'proportionalBytes'),
        totalMb(memory.bare, 'peakBytes'),
      ],
      [
        'ratio, both / bare',
        ratioOf(windows).toFixed(2),
        Math.min(...ratios).toFixed(2),
        Math.max(...ratios).toFixed(2),
        '',
        '',
        '',
        '',
      ],
    ],
  );
  const { storedBytes, calledBytes } = result.written;
  const percent = (shares: readonly number[]): string =>
    shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ');
  report.say(`media ${mb(result.mediaBytes)} MB, stored ${mb(storedBytes)} MB, all write calls ${mb(calledBytes)} MB`);
  report.say(
    `in the windows, of the recorder process's CPU in the kernel: ${percent(result.systemShares)}; ` +
      `of all processors idle: ${percent(result.idleShares)}\n`,
  );
}

/** What one camera more costs, as the slope over the counts. */
export function tellSlopes(results: readonly CountResult[], report: Report): void {
  const [first] = results;
  if (!first || results.length < 3) return;
  const slope = (y: (result: CountResult) => number): string =>
    fitLine(results.map((result) => ({ x: result.cameras, y: y(result) }))).slope.toFixed(3);
  const cpu = (pick: (costs: Costs) => number) =>
    slope(({ windows, windowMs }) => (mean(windows.map(pick)) / windowMs) * 100);
  report.table(
    [`one camera more, ${first.source}`, 'CPU, % of a core', 'PSS MB'],
    [
      ['recorder process', cpu(({ nodeMs }) => nodeMs), slope(({ memory }) => memory.node.proportionalBytes / 1e6)],
      [
        'its ffmpegs',
        cpu(({ childrenMs }) => childrenMs),
        slope(({ memory }) => sum(memory.children.map((each) => each.proportionalBytes)) / 1e6),
      ],
      [
        'bare ffmpegs',
        cpu(({ bareMs }) => bareMs),
        slope(({ memory }) => sum(memory.bare.map((each) => each.proportionalBytes)) / 1e6),
      ],
    ],
  );
}

export function judge(result: CountResult, report: Report): void {
  const { cameras, source, windows, written, mediaBytes } = result;
  const at = `${cameras} cameras, ${source}`;
  const ratio = ratioOf(windows);
  const most = AIMS[source].cpuRatio(cameras);
  report.aim(
    `${at}: CPU at most ${most} times bare ffmpeg`,
    `${ratio.toFixed(2)} (median window ${percentile(
      windows.map((each) => ratioOf([each])),
      0.5,
    ).toFixed(2)})`,
    ratio <= most,
  );
  judgeMemory(result, at, report);
  // Only what is stored counts. All that write(2) was called with has the answers to our own questions in it, and every
  // log line.
  const bytes = written.storedBytes / mediaBytes;
  report.aim(
    `${at}: bytes stored at most ${MOST_BYTES_RATIO} times the media`,
    bytes.toFixed(4),
    bytes <= MOST_BYTES_RATIO,
  );
}

function judgeMemory({ cameras, source, memory }: CountResult, at: string, report: Report): void {
  const { residentBytes, proportionalBytes } = memory.node;
  const [what, mostMb, gotMb] =
    source === 'ffmpeg'
      ? ['resident', AIMS.ffmpeg.residentMb(cameras), residentBytes / 1e6]
      : ['PSS', AIMS.native.proportionalMb(cameras), proportionalBytes / 1e6];
  report.aim(`${at}: recorder process at most ${mostMb.toFixed(0)} MB ${what}`, gotMb.toFixed(1), gotMb <= mostMb);
}
