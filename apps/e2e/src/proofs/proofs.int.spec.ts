// The short forms of the proofs. The long ones are `npm run proof -- kills`, `stamps` and `cameras`.
import { proveCameras } from './cameras';
import { proveKills } from './kills';
import { Report } from './report';
import { proveStamps } from './stamps';

async function missedBy(prove: (report: Report) => Promise<void>): Promise<string[]> {
  const report = new Report(() => undefined);
  await prove(report);
  expect(report.met).toBeGreaterThan(0);
  return report.missed;
}

describe('the recorder', () => {
  it('killed eight times loses what it may, and nothing else', async () => {
    expect(await missedBy((report) => proveKills({ seed: 1, kills: 8 }, report))).toEqual([]);
  }, 180_000);

  it('stamps every frame, over a network that jitters and across segments', async () => {
    expect(await missedBy((report) => proveStamps({ seed: 1, minutes: 0.6 }, report))).toEqual([]);
  }, 180_000);

  it('records cameras whose stamps, tracks and reports are wrong, each picture at its time', async () => {
    expect(await missedBy((report) => proveCameras({ seed: 7, cells: 10, seconds: 18 }, report))).toEqual([]);
  }, 180_000);
});
