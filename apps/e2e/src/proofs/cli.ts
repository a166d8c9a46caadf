// The proofs by hand: node tools/proof.mjs NAME [--option value]. Exit code: 0 all aims met, 1 one was missed, 2 it
// could not be run.
import { parseArgs } from 'node:util';
import { REPOSITORY, runToEnd } from '@vr/testing';
import { benchRecord } from './bench-record';
import { proveCameras } from './cameras';
import { proveKills } from './kills';
import { Report } from './report';
import { proveSoak } from './soak';
import { proveStamps } from './stamps';

interface Proof {
  /** what is printed where the command is not understood */
  usage: string;
  options: Record<string, string>;
  run: (options: Record<string, string>, report: Report) => Promise<void>;
}

const proofs: Record<string, Proof> = {
  record: {
    usage: '--cameras 4,16,64 --seconds 60 --windows 3',
    options: { cameras: '4,16,64', seconds: '60', windows: '3' },
    run: (o, report) =>
      benchRecord(
        {
          cameras: (o['cameras'] ?? '').split(',').map((each) => whole('cameras', each)),
          seconds: whole('seconds', o['seconds']),
          windows: whole('windows', o['windows']),
        },
        report,
      ),
  },
  cameras: {
    usage: '--seed 1 --cells 60 --seconds 40',
    options: { seed: '1', cells: '60', seconds: '40' },
    run: (o, report) => {
      const [seed, cells, seconds] = [
        whole('seed', o['seed']),
        whole('cells', o['cells']),
        whole('seconds', o['seconds']),
      ];
      return proveCameras({ seed, cells, seconds }, report);
    },
  },
  kills: {
    usage: '--seed 1 --kills 200',
    options: { seed: '1', kills: '200' },
    run: (o, report) => proveKills({ seed: whole('seed', o['seed']), kills: whole('kills', o['kills']) }, report),
  },
  stamps: {
    usage: '--minutes 10 --seed 1',
    options: { minutes: '10', seed: '1' },
    run: (o, report) =>
      proveStamps({ minutes: positive('minutes', o['minutes']), seed: whole('seed', o['seed']) }, report),
  },
  soak: {
    usage: '--minutes 10',
    options: { minutes: '10' },
    run: (o, report) => proveSoak({ minutes: positive('minutes', o['minutes']) }, report),
  },
};

function whole(name: string, given: string | undefined): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name}: wanted a whole number from 1 on, got ${JSON.stringify(given)}`);
  return value;
}

function positive(name: string, given: string | undefined): number {
  const value = Number(given);
  if (!(value > 0)) throw new Error(`--${name}: wanted a number above 0, got ${JSON.stringify(given)}`);
  return value;
}

async function main([name = '', ...args]: string[]): Promise<number> {
  const proof = proofs[name];
  if (!proof) throw new Error(`wanted one of ${Object.keys(proofs).join(', ')}, got ${JSON.stringify(name)}`);
  const options = Object.fromEntries(
    Object.entries(proof.options).map(([option, value]) => [option, { type: 'string' as const, default: value }]),
  );
  const { values } = parseArgs({ args, options });
  const report = new Report((text) => process.stdout.write(text));
  await runToEnd(process.execPath, [`${REPOSITORY}/tools/build-app.mjs`, 'recorder']);
  await proof.run(Object.fromEntries(Object.entries(values)), report);
  report.say(
    report.missed.length === 0
      ? '\nall aims met'
      : `\n${report.missed.length} missed:\n${report.missed.map((each) => `  - ${each}`).join('\n')}`,
  );
  return report.missed.length === 0 ? 0 : 1;
}

setInterval(() => undefined, 60_000); // the processes of libs/testing alone do not keep ours alive
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const usage = Object.entries(proofs)
      .map(([name, proof]) => `  ${name} ${proof.usage}`)
      .join('\n');
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nproofs, with their defaults:\n${usage}\n`,
    );
    process.exit(2);
  },
);
