/** Sessions of a real server, changed at random. `npm run proof -- rtsp` does the same a million times. */
import { seededRandom, startCamera } from '@vr/testing';
import { realSessions } from './testing/real-sessions';
import { AllReaders } from './testing/all-readers';
import { Mutations } from './testing/mutations';

const CASES = 4000;

describe('what reads a camera', () => {
  it('throws nothing but RtspFault, whatever comes', async () => {
    const sessions = await realSessions(startCamera);
    const untouched = new AllReaders();
    for (const bytes of sessions) untouched.push(bytes);
    expect(untouched.counts).toMatchObject({ faults: 0 });
    expect(untouched.counts.pictures).toBeGreaterThan(20);
    expect(untouched.counts.reports).toBeGreaterThan(0);

    const mutations = new Mutations(sessions, seededRandom(16));
    const total = { messages: 0, packets: 0, pictures: 0 };
    for (let i = 0; i < CASES; i++) {
      const readers = new AllReaders();
      readers.push(mutations.next());
      for (const name of ['messages', 'packets', 'pictures'] as const) total[name] += readers.counts[name];
    }
    // The readers were really reached.
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(CASES / 20);
  });
});
