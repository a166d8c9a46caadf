import { describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { objectServerAbilities, startNats, startObjectServer, startRedis, type Server, until } from './index';

const { kind, anonymousStatus } = await objectServerAbilities();

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

async function livesThroughItsLife(server: Server): Promise<void> {
  expect(await isListening(server.port)).toBe(true);
  const firstPid = server.pid;
  await server.kill();
  // The kernel ends a store's servers when the shell that started them is gone: a moment later.
  await until(async () => !(await isListening(server.port)), { what: 'a closed port', deadlineMs: 5000 });
  await server.restart();
  expect(await isListening(server.port)).toBe(true);
  expect(server.pid).not.toBe(firstPid);
  await server.stop();
  expect(await isListening(server.port)).toBe(false);
  await server.stop(); // a second stop does no harm
}

/** Sends one command and gives its whole answer, in Redis's own protocol (RESP). */
const ask = (port: number, command: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });

describe('servers for tests', () => {
  test('nats-server starts, is killed, comes back, stops', async () => {
    await livesThroughItsLife(await startNats());
  }, 30_000);

  test('redis-server starts, is killed, comes back, stops', async () => {
    await livesThroughItsLife(await startRedis());
  }, 30_000);

  test('what redis-server acknowledged survives a kill', async () => {
    const redis = await startRedis();
    expect(await ask(redis.port, 'CONFIG GET maxmemory-policy')).toContain('noeviction');
    expect(await ask(redis.port, 'SET clip 42')).toBe('+OK\r\n');
    await redis.kill();
    await redis.restart();
    expect(await ask(redis.port, 'GET clip')).toBe('$2\r\n42\r\n');
    await redis.stop();
  }, 30_000);

  test('a server that cannot start says why', async () => {
    const nats = await startNats();
    await expect(startNats({ port: nats.port, jetstream: false })).rejects.toThrow(
      /did not start.*address already in use/s,
    );
    await nats.stop();
  }, 30_000);

  test(`the S3 server (${kind}) starts, is killed, comes back, stops`, async () => {
    const store = await startObjectServer();
    expect(store.endpoint).toBe(`127.0.0.1:${store.port}`);
    expect((await fetch(`${store.url}/bucket`)).status).toBe(anonymousStatus);
    await livesThroughItsLife(store);
  }, 120_000);
});
