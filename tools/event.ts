// `npm run event -- CAMERA [TYPE]`: publishes an event on the NATS of the running stack, as a detector does, and waits
// for its clip. Exit code: 0 with the clip's address, 1 where there is no clip, 2 where nothing could be asked.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { z } from 'zod';
import { addressOf } from '../deploy/local/nats-address.mjs';
import { dataDir } from '../deploy/local/settings.mjs';

const STATES_WITHIN_MS = 10_000;
/** The largest window is five minutes; a store far away may take its time. */
const CLIP_WITHIN_MS = 420_000;
const stackFile = z.object({ nats_url: z.string() });
const states = z.object({ cameras: z.array(z.object({ camera_id: z.string() })) });
const outcome = z.object({
  event_id: z.string().optional(),
  url: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});
type Outcome = z.infer<typeof outcome>;

/** Why nothing could be asked. */
class CannotAsk extends Error {}

async function main([camera, type = 'person']: readonly string[]): Promise<void> {
  if (camera === undefined || /[.\s*>]/.test(type))
    throw new CannotAsk('wanted a camera and the kind of event, as in: npm run event -- demo1 person');
  const connection = await connect({ ...addressOf(await natsUrl()), name: 'npm run event' });
  try {
    const reply = await connection.request('seguranca.record.status', '{}', { timeout: STATES_WITHIN_MS });
    const ids = states.parse(reply.json()).cameras.map(({ camera_id: id }) => id);
    if (!ids.includes(camera)) throw new CannotAsk(`there is no camera ${camera}; there are: ${ids.join(', ')}`);
    const eventId = `by-hand-${randomUUID()}`;
    const ended = new Promise<Outcome>((resolve) => {
      const hear = (body: Outcome): void => {
        if (body.event_id === eventId) resolve(body);
      };
      for (const subject of ['seguranca.record.clip.ready', 'seguranca.record.clip.failed'])
        connection.subscribe(subject, {
          callback: (error, message) => {
            if (!error) hear(outcome.parse(message.json()));
          },
        });
    });
    const event = { camera_id: camera, timestamp: Date.now() / 1000, event_id: eventId };
    connection.publish(`seguranca.event.${type}`, JSON.stringify(event));
    await connection.flush();
    process.stdout.write(`published    seguranca.event.${type} ${JSON.stringify(event)}\n`);
    process.stdout.write('waiting      for its clip, which ends some seconds after the event (CLIP_POST_SECONDS)\n');
    const said = await Promise.race([ended, wait(CLIP_WITHIN_MS, undefined, { ref: false })]);
    if (said?.url === undefined)
      throw new Error(
        said ? `${said.code ?? '?'}: ${said.message ?? ''}` : 'none came; the log of the clipper says more',
      );
    process.stdout.write(`clip.ready   ${said.url}\n`);
  } finally {
    await connection.close();
  }
}

async function natsUrl(): Promise<string> {
  try {
    return stackFile.parse(JSON.parse(await readFile(join(dataDir(), 'stack.json'), 'utf8'))).nats_url;
  } catch {
    throw new CannotAsk(`no stack runs with its data in ${dataDir()}: run npm start first`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const words = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof CannotAsk ? `${words}\n` : `no clip: ${words}\n`);
  process.exitCode = error instanceof CannotAsk ? 2 : 1;
}
