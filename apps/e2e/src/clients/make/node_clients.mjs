// Payloads as programs in Node write them: JSON.stringify, the NATS client, and Nest's ClientNats on a real server.
// Used by make.mjs.
import { inspect } from 'node:util';
import { ClientNats, NatsRecordBuilder } from '@nestjs/microservices';
import { headers } from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';

const BASE_MS = 1736953200123; // 2025-01-15T15:00:00.123Z
let count = 0;

function next() {
  count += 1;
  const ms = BASE_MS + 10_000 * count;
  return { camera: `cam_${1 + (count % 12)}`, ms, seconds: ms / 1000, date: new Date(ms) };
}

function withEnd(want, { ms }) {
  return 'refused' in want || 'reply' in want ? want : { at: ms, ...want };
}

/** Cases of plain Node: `fields` gives the object, `write` the body. */
export function nodeCases() {
  const cases = [];
  const event = (name, fields, want = {}, write = JSON.stringify) => {
    const moment = next();
    const body = write(fields(moment));
    cases.push({
      client: 'Node',
      name,
      camera: moment.camera,
      ...withEnd(want, moment),
      ...(typeof body === 'string' ? { body } : { base64: Buffer.from(body).toString('base64') }),
    });
  };
  const at = ({ camera, seconds }, more = {}) => ({ camera_id: camera, timestamp: seconds, ...more });
  event('Date.now() / 1000', (m) => at(m));
  event('Date.now()', (m) => ({ camera_id: m.camera, timestamp: m.ms }));
  event('a Date', (m) => ({ camera_id: m.camera, timestamp: m.date }));
  event('toISOString()', (m) => ({ camera_id: m.camera, timestamp: m.date.toISOString() }));
  event('String(Date.now())', (m) => ({ camera_id: m.camera, timestamp: String(m.ms) }));
  event('process.hrtime as a bigint, as text', (m) => ({
    camera_id: m.camera,
    timestamp: String(BigInt(m.ms) * 1_000_000n),
  }));
  event('toString() of a Date', (m) => ({ camera_id: m.camera, timestamp: m.date.toString() }), {
    refused: 'timestamp',
    says: 'wanted an instant',
  });
  event('toUTCString()', (m) => ({ camera_id: m.camera, timestamp: m.date.toUTCString() }), {
    refused: 'timestamp',
    says: 'wanted an instant',
  });
  event("toLocaleString('pt-BR')", (m) => ({ camera_id: m.camera, timestamp: m.date.toLocaleString('pt-BR') }), {
    refused: 'timestamp',
    says: 'wanted an instant',
  });
  event(
    "toLocaleString('sv-SE'), which is ISO without a zone",
    (m) => ({ camera_id: m.camera, timestamp: m.date.toLocaleString('sv-SE', { timeZone: 'America/Sao_Paulo' }) }),
    { assumed: true, whole: true },
  );
  event('an invalid Date, which JSON writes as null', (m) => ({ camera_id: m.camera, timestamp: new Date('never') }), {
    at: 'now',
  });
  event(
    'undefined, which JSON leaves out',
    (m) => ({ camera_id: m.camera, timestamp: undefined, event_type: undefined }),
    { at: 'now' },
  );
  event('null for every optional field', (m) =>
    at(m, { event_id: null, event_type: null, end_timestamp: null, pre_seconds: null, post_seconds: null }),
  );
  event('NaN, which JSON writes as null', (m) => at(m, { pre_seconds: NaN, end_timestamp: NaN, score: Infinity }));
  event('performance.now()', (m) => ({ camera_id: m.camera, timestamp: 123456.789 }), {
    refused: 'timestamp',
    says: 'between 2001 and 2100',
  });
  event('a number for event_type', (m) => at(m, { event_type: 7 }), { type: '7' });
  event(
    'text from a form',
    (m) => ({
      camera_id: m.camera,
      timestamp: `${m.seconds}`,
      pre_seconds: '3',
      post_seconds: '',
      event_type: 'person',
    }),
    { pre: 3, type: 'person' },
  );
  event('URLSearchParams', (m) => new URLSearchParams(at(m)), { refused: '', says: 'a form' }, String);
  event('a Map, which is an empty object', (m) => new Map(Object.entries(at(m))), {
    refused: 'camera_id',
    says: 'got nothing',
    nobody: true,
  });
  event('a Buffer inside', (m) => at(m, { thumbnail: Buffer.from([255, 216]) }));
  event('[object Object]', (m) => at(m), { refused: '', says: 'wanted JSON', nobody: true }, String);
  event('util.inspect', (m) => at(m), { refused: '', says: 'wanted JSON' }, inspect);
  event(
    'JSON of JSON',
    (m) => at(m),
    {},
    (o) => JSON.stringify(JSON.stringify(o)),
  );
  event(
    'JSON with a mark in front',
    (m) => at(m),
    {},
    (o) => `\ufeff${JSON.stringify(o)}`,
  );
  event('an array', (m) => [at(m)], { refused: '', says: 'got a list' });
  event('names in camel case', (m) => ({ cameraId: m.camera, timestamp: m.seconds }), {
    refused: 'camera_id',
    says: 'cameraId is there',
  });
  event('`camera`', (m) => ({ camera: m.camera, timestamp: m.seconds }));
  event('an Error inside', (m) => at(m, { error: new Error('x') }));
  event(
    '__proto__ inside',
    (m) => at(m),
    {},
    (o) => JSON.stringify(o).replace('{', '{"__proto__":{"camera_id":"cam_1"},'),
  );
  event('a truth value for the camera', (m) => ({ camera_id: true, timestamp: m.seconds, name: m.camera }), {
    refused: 'camera_id',
    says: 'got true',
  });
  event('a moment of the library moment, with an offset', (m) => ({
    camera_id: m.camera,
    timestamp: m.date.toISOString().replace('Z', '+00:00'),
  }));
  event('a Temporal.ZonedDateTime', (m) => ({
    camera_id: m.camera,
    timestamp: m.date.toISOString().replace('Z', '+00:00[UTC]'),
  }));
  event('emoji and 4-byte characters', (m) => at(m, { event_type: '🚗 carro' }), { type: '🚗 carro' });
  event('a lone surrogate, escaped', (m) => at(m, { note: '\ud83d' }));
  event('80 levels of objects', (m) => at(m, { deep: JSON.parse('{"a":'.repeat(80) + '1' + '}'.repeat(80)) }));
  return cases;
}

/** What Nest's own client puts on NATS. `heard` resolves with the next message that reaches the server. */
export async function nestCases(url, heard) {
  const client = new ClientNats({ servers: url });
  await client.connect();
  const cases = [];
  const emit = async (name, data, want = {}) => {
    const moment = next();
    const message = heard();
    await firstValueFrom(client.emit('seguranca.event.person', data(moment)), { defaultValue: undefined });
    cases.push({
      client: 'Nest',
      name: `emit: ${name}`,
      camera: moment.camera,
      ...withEnd(want, moment),
      body: (await message).body,
    });
  };
  const send = async (subject, name, data, reply) => {
    const moment = next();
    const message = heard();
    const subscription = client.send(subject, data(moment)).subscribe({ error: () => undefined });
    cases.push({
      client: 'Nest',
      name: `send: ${name}`,
      camera: moment.camera,
      ask: subject,
      ...reply(moment),
      body: (await message).body,
    });
    subscription.unsubscribe();
  };
  const at = ({ camera, seconds }, more = {}) => ({ camera_id: camera, timestamp: seconds, ...more });
  await emit('an object', (m) => at(m));
  await emit('null for optional fields', (m) => at(m, { event_id: null, event_type: null, end_timestamp: null }));
  await emit('a Date', (m) => ({ camera_id: m.camera, timestamp: m.date }));
  await emit('`camera`', (m) => ({ camera: m.camera, timestamp: m.ms }));
  await emit('an id and a type', (m) => at(m, { event_id: 'nest-1', event_type: 'car', pre_seconds: 4 }), {
    id: 'nest-1',
    type: 'car',
    pre: 4,
  });
  await emit('numbers as text', (m) => at(m, { timestamp: `${m.seconds}`, pre_seconds: '4', event_type: 2 }), {
    type: '2',
    pre: 4,
  });
  await emit('JSON text', (m) => JSON.stringify(at(m)));
  await emit('a record with headers', (m) =>
    new NatsRecordBuilder(at(m)).setHeaders(Object.assign(headers(), {})).build(),
  );
  await emit('without an instant', (m) => ({ camera_id: m.camera }), { at: 'now' });
  await emit('an array', (m) => [at(m)], { refused: '', says: 'got a list' });
  await emit('an empty object', () => ({}), { refused: 'camera_id', says: 'got nothing', nobody: true });
  await emit('text', (m) => `person at ${m.camera}`, { refused: '', says: 'wanted a JSON object' });
  await emit('an object deeper inside', (m) => ({ event: at(m) }), {
    refused: 'camera_id',
    says: 'event.camera_id is there',
  });
  await emit('a wrong instant', (m) => at(m, { timestamp: 'now' }), { refused: 'timestamp', says: 'got "now"' });
  const noFootage = () => ({ reply: { error: { code: 'no_footage' } } });
  const queued = (m) => ({
    reply: { clip_id: `clip_${m.camera}_${m.seconds.toFixed(3)}_${(m.seconds + 30).toFixed(3)}`, queued: true },
  });
  await send('seguranca.record.snapshot', 'a snapshot', (m) => at(m, { reason: null }), noFootage);
  await send(
    'seguranca.record.clip',
    'a clip',
    (m) => ({ camera_id: m.camera, start: m.seconds, end: m.seconds + 30, request_id: null }),
    queued,
  );
  await send(
    'seguranca.recording.export',
    'an export by Dates',
    (m) => ({ camera_id: m.camera, start: m.date, end: new Date(m.ms + 30_000) }),
    queued,
  );
  await send(
    'seguranca.record.protect',
    'a protection',
    (m) => ({ camera_id: m.camera, start: m.date, end: new Date(m.ms + 30_000), reason: 'trial', expires: null }),
    (m) => ({ reply: { camera_id: m.camera, start: m.seconds } }),
  );
  await send(
    'seguranca.record.clip',
    'a clip without an end',
    (m) => ({ camera_id: m.camera, start: m.seconds }),
    () => ({ refused: 'end', says: 'got nothing' }),
  );
  await client.close();
  return cases;
}
