// The matrix of what cameras get wrong: rates, equal stamps and reports, with one track and with two. The same seed
// gives the same cells.
import { seededRandom, type CameraFaults } from '@vr/testing';

export interface CameraCell {
  /** also the camera's id */
  name: string;
  /** as a table says it */
  words: string;
  faults: CameraFaults;
  /** Default: off. */
  audio?: 'on';
}

const FPS = 25;
const RATES = [-30, -27, -24, -21, -18, -15, -12, -9, -6, -3, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30];
const CLUMPS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const STEPS_SECONDS = [-3600, -300, -60, -5, -1, -0.5, 0.5, 1, 5, 60, 300, 3600];
export const ALL_CELLS = 60;

/** `count` of the 60, spread over all kinds. */
export function cameraCells(seed: number, count: number): CameraCell[] {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[], otherwise: T): T => from[Math.floor(random() * from.length)] ?? otherwise;
  const track = (): NonNullable<CameraFaults['secondTrack']> => pick(['none', 'metadata', 'audio'], 'none');
  const second = (): NonNullable<CameraFaults['secondTrack']> => pick(['metadata', 'audio'], 'metadata');
  const reports = (): Pick<CameraFaults, 'reports'> => ({ reports: pick(['none', 'good'], 'none') });
  const cells: Omit<CameraCell, 'name'>[] = [
    ...RATES.map((percent) => ({
      words: `sends ${signed(percent)} % of what it says`,
      faults: { ...rate(percent), secondTrack: track(), ...reports() },
    })),
    ...CLUMPS.map((clump) => ({
      words: `${clump} pictures with one stamp`,
      faults: { clump, secondTrack: track(), ...reports() },
    })),
    ...CLUMPS.map((clump) => {
      const percent = pick(RATES, 0);
      return {
        words: `${clump} pictures with one stamp, sends ${signed(percent)} %`,
        faults: { clump, ...rate(percent), secondTrack: track() },
      };
    }),
    ...(['stuck', 'zero'] as const).flatMap((kind) =>
      [track(), second()].map((secondTrack) => ({ words: `NTP ${kind}`, faults: { reports: kind, secondTrack } })),
    ),
    ...STEPS_SECONDS.map((stepSeconds) => ({
      words: `NTP steps by ${signed(stepSeconds)} s`,
      faults: { reports: 'step' as const, stepSeconds, secondTrack: second() },
    })),
    { words: 'NTP steps by +3600 s', faults: { reports: 'step', stepSeconds: 3600, secondTrack: 'none' } },
  ];
  const step = Math.max(1, cells.length / count);
  const chosen = Array.from({ length: Math.min(count, cells.length) }, (_, i) => cells[Math.floor(i * step)]).filter(
    (cell) => cell !== undefined,
  );
  return chosen.map((cell, i) => ({ ...cell, words: `${cell.words}${tracks(cell.faults)}`, name: `cell_${i + 1}` }));
}

/**
 * The second track is recorded too, so ffmpeg takes all times from the reports. The first cells are those that broke it
 * most.
 */
export function soundCells(count: number): CameraCell[] {
  const kinds: Pick<CameraCell, 'words' | 'faults'>[] = [
    { words: 'NTP stuck', faults: { reports: 'stuck' } },
    ...[-3600, 3600, -0.5, 0.5].map((stepSeconds) => ({
      words: `NTP steps by ${signed(stepSeconds)} s`,
      faults: { reports: 'step' as const, stepSeconds },
    })),
    { words: 'NTP zero', faults: { reports: 'zero' } },
    { words: 'NTP good', faults: { reports: 'good' } },
    ...[-21, 21].map((percent) => ({
      words: `NTP good, sends ${signed(percent)} % of what it says`,
      faults: { ...rate(percent), reports: 'good' as const },
    })),
  ];
  return kinds.slice(0, count).map(({ words, faults }, i) => ({
    name: `sound_${i + 1}`,
    words: `${words}, with sound`,
    faults: { ...faults, secondTrack: 'audio' },
    audio: 'on',
  }));
}

/** One or two pictures a second are few to judge by. They have a key frame soon, or nothing would come in 40 s. */
export function slowCells(): CameraCell[] {
  const kinds = [1, 2].flatMap((statedFps) => [-30, 30].map((percent) => ({ statedFps, percent })));
  return kinds.map(({ statedFps, percent }, i) => ({
    name: `slow_${i + 1}`,
    words: `says ${statedFps} a second, sends ${signed(percent)} % of it`,
    faults: {
      statedFps,
      sentFps: (statedFps * (100 + percent)) / 100,
      beginsAt: 'keyFrame',
      gopSeconds: 0.08,
    },
  }));
}

/** The camera says 25 pictures a second. */
function rate(percent: number): Pick<CameraFaults, 'statedFps' | 'sentFps'> {
  return { statedFps: FPS, sentFps: (FPS * (100 + percent)) / 100 };
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : `${value}`;
}

function tracks({ secondTrack }: CameraFaults): string {
  return secondTrack === undefined || secondTrack === 'none' ? '' : `, a track of ${secondTrack} beside it`;
}
