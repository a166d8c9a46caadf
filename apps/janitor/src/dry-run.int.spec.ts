import { readdir, stat } from 'node:fs/promises';
import { createLogger } from '@vr/service';
import { temporaryFolder } from '@vr/testing';
import { dryRun } from './dry-run';
import { START_MS, startJanitor, type StartedJanitor } from './janitor.fixture';

/** Lists every path with its size and time. */
async function photograph(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return (
    await Promise.all(
      names.map(
        async (name) => `${name} ${(await stat(`${root}/${name}`)).size} ${(await stat(`${root}/${name}`)).mtimeMs}`,
      ),
    )
  ).sort();
}

it('a dry run prints what would go and why, and touches nothing', async () => {
  const folder = await temporaryFolder('dry-run');
  const started: StartedJanitor = await startJanitor(folder.path);
  // A dry run goes by the machine's own clock.
  const shiftHours = (START_MS - Date.now()) / 3_600_000;
  const [old] = [await started.segment(200 + shiftHours)];
  for (const hours of [2, 3, 4]) await started.segment(hours + shiftHours);
  for (const hours of [900, 901]) await started.segment(hours + shiftHours, { camera: 'cam_long' });
  const before = await photograph(folder.path);
  const lines: string[] = [];
  await dryRun(
    { ...started.config, DISK_HIGH_PERCENT: 100, DISK_LOW_PERCENT: 99 },
    createLogger('janitor', 'silent'),
    (line) => lines.push(line),
  );
  const text = lines.join('\n');
  expect(text).toMatch(
    /^KIND +CAMERA +FROM +TO +MB +WHY\nfootage +cam_1 +\S+Z +\S+Z +0\.0 +age: past 7 days\n\n1 would go/,
  );
  expect(text).toContain('Waits for a second look: footage cam_long, 2 of 2 are past their retention.');
  expect(await started.isThere(old)).toBe(true);
  expect(await photograph(folder.path)).toEqual(before);
  await folder.remove();
});
