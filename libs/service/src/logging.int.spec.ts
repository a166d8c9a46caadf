import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownSecrets, LOG_LINE_BYTES } from '@vr/base';
import { hostileSecrets, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { createLogger, NestLogger, type Logger } from './logging';

describe('the log', () => {
  let folder: TemporaryFolder;
  let fd: number;
  let logger: Logger;
  beforeEach(async () => {
    folder = await temporaryFolder('log');
    fd = openSync(join(folder.path, 'log'), 'w');
    logger = createLogger('worker', 'debug', fd);
  });
  afterEach(async () => {
    closeSync(fd);
    await folder.remove();
  });
  const lines = (): Record<string, unknown>[] =>
    readFileSync(join(folder.path, 'log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is lines of JSON with time, level, name and message', () => {
    logger.info({ camera: 'cam_1', n: 1 }, 'recorded');
    logger.warn('said alone');
    logger.error(Object.assign(new Error('broken'), { code: 'EIO' }));
    expect(lines()).toMatchObject([
      { level: 'info', name: 'worker', camera: 'cam_1', n: 1, msg: 'recorded' },
      { level: 'warn', msg: 'said alone' },
      { level: 'error', msg: 'broken', err: { name: 'Error', code: 'EIO', message: 'broken' } },
    ]);
    expect(lines()[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('shows none of 1,000 hostile secrets, by whichever way they come', () => {
    const secrets = hostileSecrets({ count: 1000, seed: 3 });
    for (const { value } of secrets) knownSecrets.add(value);
    const nest = new NestLogger(logger);
    for (const { value } of secrets) {
      const error = Object.assign(new Error(`refused: ${value}`, { cause: new Error(encodeURIComponent(value)) }), {
        command: { args: [value] },
        input: value,
      });
      logger.info({ url: `rtsp://a:${encodeURIComponent(value)}@h/`, deep: [{ value }] }, `tried ${value}`);
      logger.warn({ reason: value, err: error }, 'failed');
      logger.debug(value);
      logger.error(error);
      nest.error(error, error.stack);
      nest.warn(JSON.stringify({ value }));
    }
    const texts = readFileSync(join(folder.path, 'log'), 'utf8').trimEnd().split('\n');
    expect(texts).toHaveLength(6 * secrets.length);
    const seen = secrets.filter(({ value, pieces }, i) =>
      [value, ...pieces].some((piece) => texts.slice(6 * i, 6 * i + 6).some((text) => text.includes(piece))),
    );
    expect(seen).toEqual([]);
  });

  it('has no line longer than 8 KB, also where a client library hangs a whole job on its error', () => {
    const job = { picture: 'x'.repeat(300_000) };
    const error = Object.assign(new Error(`wrong ${JSON.stringify(job)}`), {
      name: 'ReplyError',
      command: { name: 'evalsha', args: [JSON.stringify(job)] },
    });
    const begunMs = performance.now();
    logger.error(
      { err: error, job, list: Array.from({ length: 10_000 }, () => 'x'.repeat(100)) },
      `cannot add ${'y'.repeat(100_000)}`,
    );
    expect(performance.now() - begunMs).toBeLessThan(1000);
    const [line] = readFileSync(join(folder.path, 'log'), 'utf8').split('\n');
    expect(Buffer.byteLength(line ?? '') + 1).toBeLessThanOrEqual(LOG_LINE_BYTES);
    expect(line).toContain('cut: ');
    expect(lines()[0]).toMatchObject({ err: { name: 'ReplyError' } });
  });
});
