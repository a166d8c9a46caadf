import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HealthRegistry, Shutdown } from '@vr/service';
import { temporaryFolder } from '@vr/testing';
import type { Request } from 'express';
import { ViewingAudit } from './viewing-audit';

describe('the audit of views', () => {
  it('is not filled by one viewer: above 30 lines a minute one line counts them; reasons are short', async () => {
    const folder = await temporaryFolder('viewing-audit');
    const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const shutdown = new Shutdown(logger);
    const config = { RECORDINGS_DIR: folder.path, AUDIT_DIR: folder.path, CONSOLE_API_TOKEN: undefined };
    const audit = new ViewingAudit(
      config,
      { nowMs: () => Date.UTC(2026, 10, 23, 12), monotonicMs: () => 0 },
      logger,
      new HealthRegistry(),
      shutdown,
    );
    const request = {
      method: 'GET',
      path: '/api/x',
      query: { reason: '\u0001'.repeat(20_000) },
      socket: { remoteAddress: '10.0.0.7' },
      ip: '10.0.0.7',
    } as unknown as Request;
    for (let n = 0; n < 1000; n++)
      await audit.viewed(request, { what: `cam_1 ${n}`, kind: 'footage', camera_id: 'cam_1', start: n, end: n + 10 });
    await shutdown.run();
    const [day = ''] = await readdir(folder.path);
    const lines = (await readFile(join(folder.path, day), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(31);
    expect(lines.at(-1)).toMatchObject({
      action: 'view',
      what: 'cam_1 30 and 969 more',
      camera_id: 'cam_1',
      start: 30,
      end: 1009,
    });
    for (const line of lines) expect(JSON.stringify(line['why']).length).toBeLessThan(300);
    await folder.remove();
  });

  it('grows by a bounded number of lines a day, whoever looks at what', async () => {
    const folder = await temporaryFolder('viewing-audit-day');
    const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const shutdown = new Shutdown(logger);
    const config = { RECORDINGS_DIR: folder.path, AUDIT_DIR: folder.path, CONSOLE_API_TOKEN: undefined };
    let monotonicMs = 0;
    const beginMs = Date.UTC(2026, 10, 23);
    const clock = { nowMs: () => beginMs + monotonicMs, monotonicMs: () => monotonicMs };
    const audit = new ViewingAudit(config, clock, logger, new HealthRegistry(), shutdown);
    const by = (ip: string): Request =>
      ({ method: 'GET', path: '/api/x', query: {}, socket: {}, ip }) as unknown as Request;
    const view = (ip: string, n: number): Promise<void> =>
      audit.viewed(by(ip), { what: `cam_1 ${n}`, kind: 'footage', camera_id: 'cam_1', start: n, end: n + 10 });
    const linesOf = async (day: string): Promise<string[]> =>
      (await readFile(join(folder.path, day), 'utf8')).trim().split('\n');
    for (let n = 0; n < 25_000; n++, monotonicMs += 600) await view(`10.0.${n % 200}.1`, n);
    for (let n = 0; n < 500; n++) await view(`10.1.${n % 200}.1`, n);
    await shutdown.run();
    const [first = ''] = (await readdir(folder.path)).sort();
    const lines = await linesOf(first);
    expect(lines).toHaveLength(20_001);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      who: 'several',
      what: 'cam_1 20000 and 5499 more',
      start: 0,
      end: 25_009,
    });
    monotonicMs = 86_400_000;
    await view('10.0.0.9', 99_999);
    expect(await linesOf((await readdir(folder.path)).sort()[1] ?? '')).toHaveLength(1);
    await folder.remove();
  }, 60_000);
});
