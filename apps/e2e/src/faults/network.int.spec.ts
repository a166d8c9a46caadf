import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { layCable, startCamera, temporaryFolder, type Cable, type Camera, type TemporaryFolder } from '@vr/testing';
import { Rig } from './rig';

/** Faults of what lies between the recorder and a camera. */
describe('a network that', () => {
  let ends: (() => Promise<unknown>)[];
  beforeEach(() => (ends = []));
  afterEach(async () => {
    for (const end of ends) await end();
  });
  function keep<T>(started: T, end: (started: T) => Promise<unknown>): T {
    ends.unshift(() => end(started));
    return started;
  }

  async function behindACable(): Promise<{ cable: Cable; rig: Rig }> {
    const cable = keep(await layCable(), (laid) => laid.remove());
    const camera = keep(await startCamera({ cable }), (started) => started.stop());
    return { cable, rig: keep(await Rig.start(camera.url(1)), (started) => started.end()) };
  }

  it('is cut without a word: stalled, then offline', async () => {
    const { cable, rig } = await behindACable();
    await rig.recorded();
    await cable.cut();
    await rig.says('stalled', 'camera_stalled');
    // The kernel says "no route" once it knows that nobody answers ARP.
    await rig.says('offline', ['camera_timeout', 'camera_refused']);
    await cable.mend();
    await rig.recovers();
    await rig.provesOneGap('camera_stalled');
  });

  it('drops every packet, also those of new connections: stalled, then timeout', async () => {
    const { cable, rig } = await behindACable();
    await rig.recorded();
    await cable.mute();
    await rig.says('stalled', 'camera_stalled');
    await rig.says('offline', 'camera_timeout');
    await cable.unmute();
    await rig.recovers();
    await rig.provesOneGap('camera_stalled');
  });

  it("has something else at the camera's address, which takes the connection and says nothing: timeout", async () => {
    const camera = keep(await startCamera(), (started) => started.stop());
    const rig = keep(await Rig.start(camera.url(1)), (started) => started.end());
    await rig.recorded();
    await camera.kill();
    const silent = await listen(camera.port);
    await rig.says('offline', 'camera_timeout');
    await silent.close();
    await camera.restart();
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });

  it("does not know the camera's name, then knows it, then forgets it: not found", async () => {
    const names = keep(await Names.make(), (made) => made.remove());
    const camera: Camera = keep(await startCamera(), (started) => started.stop());
    const rig = keep(
      await Rig.start(camera.url(1).replace('127.0.0.1', 'camera.test'), { within: names.within }),
      (started) => started.end(),
    );
    await rig.says('offline', 'camera_not_found');
    await names.know('camera.test');
    await rig.recovers();
    await names.know();
    await camera.kick();
    await rig.says('offline', 'camera_not_found');
    await names.know('camera.test');
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });
});

/** Takes connections at a port of 127.0.0.1. */
async function listen(port: number): Promise<{ close(): Promise<unknown> }> {
  const server: Server = createServer((socket) => socket.on('error', () => socket.destroy()));
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    close: () => {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      return closed;
    },
  };
}

/** A list of host names for one process; the machine's own list stays as it is. Needs root. */
class Names {
  private constructor(private readonly folder: TemporaryFolder) {}

  static async make(): Promise<Names> {
    const names = new Names(await temporaryFolder('names'));
    await writeFile(join(names.folder.path, 'nsswitch.conf'), 'hosts: files\n');
    await names.know();
    return names;
  }

  get within(): string[] {
    const { path } = this.folder;
    const mounts = ['hosts', 'nsswitch.conf'].map((name) => `mount --bind ${path}/${name} /etc/${name}`);
    const script = `${mounts.join(' && ')} && exec "$@"`;
    return ['unshare', '--mount', 'sh', '-c', script, 'names'];
  }

  /**
   * Sets the names of 127.0.0.1. It writes the file in place, because a bind mount follows the file and not its name.
   */
  know(...names: string[]): Promise<void> {
    return writeFile(
      join(this.folder.path, 'hosts'),
      ['127.0.0.1 localhost', ...names.map((name) => `127.0.0.1 ${name}`), ''].join('\n'),
    );
  }

  remove(): Promise<void> {
    return this.folder.remove();
  }
}
