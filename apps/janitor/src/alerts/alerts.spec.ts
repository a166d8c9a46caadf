import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordAlert } from '@vr/contracts';
import { createLogger, Shutdown } from '@vr/service';
import type { Raised } from './alert-book';
import { Alerts } from './alerts';
import type { Trouble } from './trouble';

const logger = createLogger('janitor', 'silent');

describe('Alerts', () => {
  let nowMs: number;
  let troubles: Trouble[];
  let kept: readonly Raised[];
  let told: RecordAlert[];
  let natsIsUp: boolean;
  let storeFails: boolean;
  beforeEach(() => {
    [nowMs, troubles, kept, told, natsIsUp, storeFails] = [0, [], [], [], true, false];
  });

  const start = (): Alerts =>
    new Alerts(
      { nowMs: () => nowMs, monotonicMs: () => nowMs },
      logger,
      { read: async () => [...kept], write: async (raised) => void (kept = raised) },
      { troubles: async () => troubles.filter(({ kind }) => kind === 'camera_offline') },
      {
        disk: async () => troubles.filter(({ kind }) => kind === 'disk'),
        objectStore: async () => {
          if (storeFails) throw new Error('cannot be asked');
          return troubles.filter(({ kind }) => kind === 'store');
        },
        clockAndRetention: () => troubles.filter(({ kind }) => kind === 'clock' || kind === 'retention'),
      },
      {
        publish: async (_, payload) => {
          if (!natsIsUp) throw new Error('NATS is away');
          told.push(payload as RecordAlert);
        },
      },
      new Shutdown(logger),
    );
  async function looks(alerts: Alerts, seconds: number): Promise<void> {
    for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
      nowMs += 5000;
      await alerts.look();
      await nextTurn(); // the publisher here answers at once, so all is sent by then
    }
  }
  const states = (): string[] => told.map(({ kind, state }) => `${kind} ${state}`);

  it('tells what begins and what is over', async () => {
    const alerts = start();
    troubles = [
      { kind: 'retention', message: 'r' },
      { kind: 'disk', message: 'd' },
    ];
    await looks(alerts, 40);
    troubles = [];
    await looks(alerts, 20);
    expect(states().slice(0, 2)).toEqual(['retention raised', 'disk raised']);
    expect(states().slice(2).sort()).toEqual(['disk cleared', 'retention cleared']);
  });

  it('keeps its messages, in order, while NATS is away', async () => {
    const alerts = start();
    natsIsUp = false;
    troubles = [{ kind: 'disk', message: 'd' }];
    await looks(alerts, 40);
    troubles = [];
    await looks(alerts, 20);
    expect(told).toEqual([]);
    natsIsUp = true;
    await looks(alerts, 5);
    expect(states()).toEqual(['disk raised', 'disk cleared']);
  });

  it('tells nothing twice after a restart, and clears what is over by then', async () => {
    troubles = [{ kind: 'disk', message: 'd' }];
    await looks(start(), 40);
    await looks(start(), 40);
    troubles = [];
    await looks(start(), 20);
    expect(states()).toEqual(['disk raised', 'disk cleared']);
  });

  it('judges the other kinds where one cannot be asked', async () => {
    const alerts = start();
    storeFails = true;
    troubles = [{ kind: 'disk', message: 'd' }];
    await looks(alerts, 40);
    expect(states()).toEqual(['disk raised']);
  });
});
