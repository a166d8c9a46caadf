// The wipe attack: somebody who may only ask asks a thousand times, so that all footage goes to make room for the
// answers. This is the short form; `npm run proof -- wipe` sends 1,000 requests with the limits on, and 1,000 with them
// off.
import { SUBJECTS } from '@vr/contracts';
import { seededRandom, until } from '@vr/testing';
import { metric } from '../stack';
import { encodeMinute, makeSmallWorld, REAL_SECONDS, TOKEN, type SmallWorld } from './small-world';

const REQUESTS = Number(process.env['WIPE_REQUESTS'] ?? 157);
const SEED = Number(process.env['WIPE_SEED'] ?? 12);
const AT_ONCE = 8;
const CLIP_SECONDS = 6;
/** This is below the high mark, which is 270 MB of 300. */
const FOOTAGE_MB = 240;
/** A budget of a few clips lets one or two a second through, on a busy machine. */
const DRAINED_WITHIN_MS = 60_000 + REQUESTS * 1000;
/** The disk has 315 MB; clips and snapshots may have a tenth each. */
const BUDGETS_MB = 63;
const HOUR_MS = 3_600_000;

interface Attack {
  kind: 'clip' | 'snapshot' | 'protect';
  by: 'http' | 'nats';
  camera: 'cam_1' | 'cam_2';
  body: Record<string, unknown>;
}

/** What was asked, and how it was answered: `ok` or the code. */
type Answers = Record<string, number>;

describe('the wipe attack', () => {
  let minute: Buffer;
  const realMs = Math.floor((Date.now() - 2 * HOUR_MS) / 1000) * 1000;
  beforeAll(async () => {
    minute = await encodeMinute();
  }, 60_000);

  function attacks(random: () => number): Attack[] {
    const realAt = (second: number): number => realMs / 1000 + second;
    return Array.from({ length: REQUESTS }, (_, n): Attack => {
      const by = n % 2 === 0 ? 'http' : 'nats';
      const dice = random();
      if (dice < 0.1) {
        // The protection is of another camera. This one's protected clips would stay, and others wait for their room.
        const start = realAt(-random() * 20 * 3600);
        return { kind: 'protect', by, camera: 'cam_2', body: { start, end: start + 1, reason: `attack ${n}` } };
      }
      const shift = n % 3 === 0 ? n / 1000 : random() * (REAL_SECONDS - CLIP_SECONDS - 2);
      if (dice < 0.3)
        return { kind: 'snapshot', by, camera: 'cam_1', body: { timestamp: realAt(shift), reason: `attack ${n}` } };
      return {
        kind: 'clip',
        by,
        camera: 'cam_1',
        body: { start: realAt(1 + shift), end: realAt(1 + shift + CLIP_SECONDS), reason: `attack ${n}` },
      };
    });
  }

  async function send(world: SmallWorld, { kind, by, camera, body }: Attack): Promise<string> {
    if (by === 'http') {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
      const answer = await fetch(`${world.console?.httpUrl ?? ''}/api/cameras/${camera}/${kind}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      const { error } = (await answer.json()) as { error?: { code: string } };
      return error?.code ?? 'ok';
    }
    const subject = { clip: SUBJECTS.recordClip, snapshot: SUBJECTS.recordSnapshot, protect: SUBJECTS.recordProtect }[
      kind
    ];
    const answer = await world.nats.request(subject, JSON.stringify({ camera_id: camera, ...body }), {
      timeout: 30_000,
    });
    return answer.json<{ error?: { code: string } }>().error?.code ?? 'ok';
  }

  async function attack(world: SmallWorld): Promise<Answers> {
    const waiting = attacks(seededRandom(SEED));
    const answers: Answers = {};
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const key = `${next.kind} ${await send(world, next)}`;
        answers[key] = (answers[key] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return answers;
  }

  /** Waits until every promised clip is announced or given up. Returns those that are still open after that time. */
  async function drained(world: SmallWorld): Promise<number> {
    const clipper = world.workers.find(({ app }) => app === 'clipper');
    const open = async (): Promise<number> => {
      const counts = await Promise.all(
        ['active', 'waiting', 'delayed', 'prioritized'].map((state) => metric(clipper, `clip_jobs{state="${state}"}`)),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    };
    return until(async () => (await open()) === 0, {
      what: 'the clips that were promised',
      deadlineMs: DRAINED_WITHIN_MS,
    }).then(() => 0, open);
  }

  /** Expects that a detector's event has its clip amid all this. */
  async function eventAnswered(world: SmallWorld): Promise<void> {
    const answers = world.nats.subscribe(SUBJECTS.clipReady);
    const found = (async () => {
      for await (const message of answers) if (message.json<{ event_id: string }>().event_id === 'visitor') return;
    })();
    await world.nats.flush();
    const event = { camera_id: 'cam_1', timestamp: realMs / 1000 + REAL_SECONDS / 2, event_id: 'visitor' };
    world.nats.publish('seguranca.event.person', JSON.stringify(event));
    await found;
    answers.unsubscribe();
  }

  /** Resolves after a pass of the janitor that began after now. */
  async function passed(world: SmallWorld): Promise<void> {
    const janitor = world.workers.find(({ app }) => app === 'janitor');
    const begunSeconds = Date.now() / 1000;
    await until(
      async () => {
        world.nats.publish(
          SUBJECTS.status,
          JSON.stringify({ camera_id: 'cam_1', state: 'disk_full', since: begunSeconds }),
        );
        return (await metric(janitor, 'retention_last_pass_timestamp_seconds')) > begunSeconds + 1;
      },
      { what: 'a pass of the janitor', deadlineMs: 30_000 },
    );
  }

  it.each([
    ['with the limits as they are', {}],
    ['with the limits off: the budgets alone', { REQUESTS_PER_MINUTE: '1000000', REQUESTS_WAITING_MAX: '1000000' }],
  ])(
    `of ${REQUESTS} requests by HTTP and NATS takes no footage, %s`,
    async (name, environment) => {
      const world = await makeSmallWorld({
        minute,
        realMs,
        footageMb: FOOTAGE_MB,
        apps: ['janitor', 'clipper', 'snapshotter', 'console'],
        environment: { CLIP_PRE_SECONDS: '3', CLIP_POST_SECONDS: '3', ...environment },
      });
      const control = await makeSmallWorld({ minute, realMs, footageMb: FOOTAGE_MB, apps: ['janitor'], environment });
      try {
        const before = await world.footage();
        const begunMs = Date.now();
        const [answers] = await Promise.all([attack(world), eventAnswered(world)]);
        const open = await drained(world);
        await Promise.all([passed(world), passed(control)]);
        const after = await world.footage();
        const madeMb = (await world.bytesIn('clips', 'snapshots', 'objects')) / 1e6;
        process.stdout.write(
          `${name}: ${REQUESTS} requests (seed ${SEED}) in ${((Date.now() - begunMs) / 1000).toFixed(1)} s: ` +
            `${JSON.stringify(answers)}; ` +
            `footage files ${before.length} before, ${after.length} after; ` +
            `${madeMb.toFixed(1)} MB made; ${open} clips never came\n`,
        );
        expect(after).toEqual(await control.footage());
        expect(after).toEqual(before);
        expect(madeMb).toBeLessThan(BUDGETS_MB);
        expect(open).toBe(0);
      } finally {
        await world.stop();
        await control.stop();
      }
    },
    DRAINED_WITHIN_MS + 180_000,
  );
});
