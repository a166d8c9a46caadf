/** `npm run janitor -- --dry-run` prints what the next pass would delete and why, as a table. It touches nothing. */
import { AuditLog } from '@vr/audit';
import { systemClock } from '@vr/base';
import { FootageCatalogue } from '@vr/retention';
import { CameraRoster, HealthRegistry, RequestLimits, Shutdown, type Logger } from '@vr/service';
import { Budgets } from './budgets/budgets';
import { Volumes } from './catalogue/volumes';
import { checkTogether, type JanitorConfig } from './config';
import { ProtectionLimits } from './protection/protection-limits';
import { Protections } from './protection/protections';
import { MemoryFile } from './retention/memory-file';
import { reasonText } from './retention/reason-text';
import { Surveyor, type Survey } from './retention/surveyor';

const BYTES_PER_MB = 1e6;
/** The column of numbers is aligned to the right. */
const MB_COLUMN = 4;

export async function dryRun(config: JanitorConfig, logger: Logger, print: (line: string) => void): Promise<void> {
  checkTogether(config);
  const cameras = new CameraRoster(config, logger, new HealthRegistry(), new Shutdown(logger));
  const protections = new Protections(
    config,
    systemClock,
    AuditLog.of(config, systemClock),
    cameras,
    logger,
    new RequestLimits(config, systemClock),
    new ProtectionLimits(config, systemClock),
  );
  const surveyor = new Surveyor(
    config,
    systemClock,
    new FootageCatalogue(config.RECORDINGS_DIR, systemClock),
    new Volumes(config),
    protections,
    cameras,
    new Budgets(config, systemClock),
  );
  const survey = await surveyor.survey(await new MemoryFile(config, logger).read());
  for (const line of tableOf(survey)) print(line);
  if (protections.trouble !== undefined) print(`Careful: ${protections.trouble}.`);
}

function tableOf({ plan, rules, forecast }: Survey): string[] {
  const rows = plan.deletions.map((deletion) => [
    ...[
      deletion.kind,
      deletion.cameraId,
      new Date(deletion.startMs).toISOString(),
      new Date(deletion.endMs).toISOString(),
    ],
    ...[(deletion.sizeBytes / BYTES_PER_MB).toFixed(1), reasonText(deletion, rules)],
  ]);
  const lines = columns([['KIND', 'CAMERA', 'FROM', 'TO', 'MB', 'WHY'], ...rows]);
  const bytes = plan.deletions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  lines.push('', `${plan.deletions.length} would go, ${(bytes / 1e9).toFixed(3)} GB. Nothing was deleted.`);
  lines.push('Objects in a store are not in this table: they go with their local copies.');
  if (plan.refusal !== undefined) lines.push(`Nothing goes now: ${plan.refusal}.`);
  for (const { group, expired, total } of plan.announced)
    lines.push(`Waits for a second look: ${group}, ${expired} of ${total} are past their retention.`);
  const held = Object.entries(plan.heldBytes).filter(([, heldBytes]) => heldBytes > 0);
  for (const [reason, heldBytes] of held)
    lines.push(`Held (${reason.replaceAll('_', ' ')}): ${(heldBytes / 1e9).toFixed(3)} GB.`);
  if (plan.missingBytes > 0)
    lines.push(`Still ${(plan.missingBytes / 1e9).toFixed(3)} GB above the low mark after that.`);
  if (forecast.warning !== undefined) lines.push(`Careful: ${forecast.warning}.`);
  return lines;
}

function columns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  const aligned = (cell: string, column: number): string =>
    column === MB_COLUMN ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(aligned).join('  ').trimEnd());
}
