import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { startJitteryLink } from './jittery-link';
import { seededRandom } from './random';

describe('the jittery link', () => {
  test('delays what the target sends by 0 to the most, in order and whole', async () => {
    const sent = Buffer.from(Array.from({ length: 60 }, (_, i) => `${i};`).join(''));
    const target = createServer((socket) => {
      let at = 0;
      const timer = setInterval(() => {
        const chunk = sent.subarray(at, (at += 3));
        if (chunk.length > 0) socket.write(chunk);
        else {
          clearInterval(timer);
          socket.once('data', () => socket.destroy());
        }
      }, 10);
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const link = await startJitteryLink({
      targetPort: (target.address() as AddressInfo).port,
      seed: 7,
      maxDelayMs: 100,
    });
    const client = connect(link.port, '127.0.0.1');
    const received: Buffer[] = [];
    client.on('data', (chunk) => {
      received.push(chunk);
      if (Buffer.concat(received).length === sent.length) client.write('thanks'); // the other direction still works
    });
    await once(client, 'close');
    expect(Buffer.concat(received).toString()).toBe(sent.toString());
    expect(link.delaysMs.every((delayMs) => delayMs >= 0)).toBe(true);
    expect(Math.max(...link.delaysMs) - Math.min(...link.delaysMs)).toBeGreaterThan(30);
    await link.stop();
    target.close();
  });

  test('is the same again for the same seed', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 1000 }, random);
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(Math.abs(draw(3).reduce((sum, each) => sum + each, 0) / 1000 - 0.5)).toBeLessThan(0.05);
  });
});
