// Proofs of apps/e2e/src/proofs, with their report on our stdout.
import { Report } from '../apps/e2e/src/proofs/report';

/** @returns whether all aims were met */
export async function reported(prove: (report: Report) => Promise<void>): Promise<boolean> {
  const report = new Report((text) => process.stdout.write(text));
  await prove(report);
  const { missed } = report;
  report.say(
    missed.length === 0
      ? '\nall aims met'
      : `\n${missed.length} missed:\n${missed.map((each) => `  - ${each}`).join('\n')}`,
  );
  return missed.length === 0;
}
