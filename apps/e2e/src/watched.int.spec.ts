// Rules and dashboard ask for what a running stack tells, and each alert has its section in the runbook.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, runToEnd, until, type App } from '@vr/testing';
import { z } from 'zod';
import { parse } from 'yaml';
import { startStack, type Stack } from './stack';

const APPS: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];
const rule = z.object({ record: z.string().optional(), alert: z.string().optional(), expr: z.string() });
const ruleFile = z.object({ groups: z.array(z.object({ rules: z.array(rule) })) });
const panel = z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) });
const dashboard = z.object({ panels: z.array(panel) });
type Rule = z.infer<typeof rule>;

const inDeploy = (path: string): Promise<string> => readFile(join(REPOSITORY, 'deploy', path), 'utf8');

async function rules(): Promise<Rule[]> {
  const files = await Promise.all(['recording', 'alerts'].map((name) => inDeploy(`prometheus/${name}.rules.yml`)));
  return files.flatMap((text) => ruleFile.parse(parse(text)).groups.flatMap((group) => group.rules));
}

/** The names of series in PromQL: words that are neither functions, nor keywords, nor labels. */
function seriesIn(query: string): string[] {
  const plain = query
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, '');
  const words = plain.match(/[A-Za-z_][A-Za-z0-9_:]*(?!\s*\()\b/g) ?? [];
  const keywords = new Set(['and', 'or', 'unless', 'sum', 'max', 'count', 'bool']);
  return words.filter((word) => !keywords.has(word) && !new RegExp(`${word}\\s*\\(`).test(plain));
}

describe('what watches the recorder', () => {
  it('is tried by promtool', async () => {
    const { stdout, stderr } = await runToEnd('promtool', ['test', 'rules', 'rules.test.yml'], {
      folder: join(REPOSITORY, 'deploy/prometheus'),
    });
    expect(stdout.toString() + stderr).toContain('SUCCESS');
  });

  it('has a section for each alert in docs/monitoring.md', async () => {
    const page = await readFile(join(REPOSITORY, 'docs/monitoring.md'), 'utf8');
    const sections = Array.from(page.matchAll(/^### (\w+)$/gm), ([, name]) => name);
    expect(sections).toEqual((await rules()).flatMap(({ alert }) => alert ?? []));
  });

  describe('beside a running stack', () => {
    let stack: Stack;
    const told = new Map<App, string>();
    const scrape = async (app: App): Promise<string> =>
      (await fetch(`${stack.workers.get(app)?.httpUrl ?? ''}/metrics`)).text();
    beforeAll(async () => {
      stack = await startStack({ apps: APPS, cameras: [1] });
      const events = { camera_id: 'cam_1', pre_seconds: 1, post_seconds: 1 };
      // An event that comes before the stream is read is kept by nobody, and one before the footage has no clip.
      await until(async () => (await scrape('clipper')).includes('\nnats_consumer_lag_messages{'), {
        what: 'the clipper to read events',
        deadlineMs: 30_000,
      });
      await until(async () => /recorder_bytes_written_total\{camera="cam_1"\} [1-9]/.test(await scrape('recorder')), {
        what: 'footage',
        deadlineMs: 30_000,
      });
      stack.detector.publish('seguranca.event.person', JSON.stringify(events));
      await until(() => stack.heard('seguranca.record.clip.ready').length > 0, { what: 'a clip', deadlineMs: 60_000 });
      for (const app of APPS) told.set(app, await scrape(app));
    }, 200_000);
    afterAll(() => stack.stop());

    const value = (app: App, series: string): number | undefined => {
      const line = told
        .get(app)
        ?.split('\n')
        .find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    };

    it('rules and dashboard name only what is told, or what a rule records', async () => {
      const known = new Set([
        'up',
        ...(await rules()).flatMap(({ record }) => record ?? []),
        ...[...told.values()].flatMap((text) =>
          Array.from(text.matchAll(/^([a-z0-9_]+)(?=[{ ])/gm), ([, name]) => name),
        ),
      ]);
      const panels = dashboard.parse(JSON.parse(await inDeploy('grafana/video-recorder.json'))).panels;
      const queries = [
        ...(await rules()).map(({ expr }) => expr),
        ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ];
      const asked = new Set(queries.flatMap(seriesIn));
      expect(asked.size).toBeGreaterThan(30);
      expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    });

    it('each worker says what it is, and whether NATS and Redis are there', () => {
      for (const app of APPS) {
        expect(told.get(app)).toMatch(
          new RegExp(`^video_recorder_build_info\\{worker="${app}",version="\\d+\\.\\d+\\.\\d+",node_version="v`, 'm'),
        );
        expect([app, value(app, 'nats_up')]).toEqual([app, 1]);
      }
      expect([value('clipper', 'redis_up'), value('console', 'redis_up')]).toEqual([1, 1]);
    });

    it('counters begin at zero, for each label', () => {
      expect(value('clipper', 'clips_failed_total{code="storage_unavailable"}')).toBe(0);
      expect(value('recorder', 'recorder_restarts_total{camera="cam_1",reason="camera_timeout"}')).toBe(0);
      expect(value('janitor', 'retention_deleted_bytes_total{kind="footage",reason="age"}')).toBe(0);
      expect(value('clipper', 'messages_rejected_total{subject="seguranca.record.clip",code="invalid_payload"}')).toBe(
        0,
      );
    });

    it('tells what waits, how quick the disk is, and when the store was last found to hold an upload', () => {
      expect(value('clipper', 'nats_consumer_lag_messages{consumer="clipper-node1"}')).toBe(0);
      expect(value('clipper', 'clips_oldest_waiting_seconds')).toBe(0);
      expect(value('snapshotter', 'snapshots_oldest_waiting_seconds')).toBe(0);
      expect(value('recorder', 'recorder_fsync_seconds_count')).toBeGreaterThan(0);
      expect(Math.abs(value('recorder', 'recorder_clock_offset_seconds') ?? NaN)).toBeLessThan(5);
      const uploadedMs = (value('clipper', 'object_store_last_verified_upload_timestamp_seconds') ?? 0) * 1000;
      expect(Math.abs(Date.now() - uploadedMs)).toBeLessThan(120_000);
    });

    it('says who is away', async () => {
      await stack.redis.stop();
      await until(async () => (await scrape('clipper')).includes('\nredis_up 0'), {
        what: 'the clipper to miss Redis',
        deadlineMs: 20_000,
      });
      expect(await scrape('clipper')).toContain('\nnats_up 1');
    });
  });
});
