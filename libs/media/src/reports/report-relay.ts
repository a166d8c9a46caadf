/**
 * A way to a camera that mends its sender reports. libav cannot be told to ignore them, so with sound its one
 * connection goes through here, on 127.0.0.1. All else passes unchanged. The reports of UDP, of rtsps and of a camera
 * that redirects elsewhere do not come through here.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { cameraAddress, connectToCamera } from '../camera-connection';
import { isOurProcess } from '../loopback-peer';
import { InterleavedStream } from './interleaved-stream';
import { SenderReports } from './sender-reports';

export interface ReportRelay {
  /** The camera's URL by way of the relay, with the camera's user and password. */
  url: string;
  /** Puts the camera's address where a text has the relay's. */
  named: (text: string) => string;
  close: () => void;
}

/** Short, because whoever connects directly afterwards tries longer, and says why it fails. */
const CONNECT_WITHIN_MS = 3000;

/** Undefined where the camera takes no connection, or speaks TLS. Then it must be asked directly. */
export async function openReportRelay(cameraUrl: string): Promise<ReportRelay | undefined> {
  const target = cameraAddress(cameraUrl);
  const camera = target?.scheme === 'rtsp://' ? await connectToCamera(target, CONNECT_WITHIN_MS) : undefined;
  if (!target || !camera) return undefined;
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    // One process of ours may use it, once, and nobody else.
    void isOurProcess(client).then((isOurs) => {
      if (!isOurs || !server.listening) return client.destroy();
      server.close();
      return relay(client, camera);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const here = `127.0.0.1:${port}`;
  const at = cameraUrl.length - target.rest.length;
  return {
    url: `${cameraUrl.slice(0, at)}${here}${target.rest.slice(target.name.length)}`,
    named: (text) => text.replaceAll(here, target.name),
    close: () => {
      server.close();
      camera.destroy();
    },
  };
}

function relay(client: Socket, camera: Socket): void {
  if (camera.destroyed) {
    client.resetAndDestroy();
    return;
  }
  const stream = new InterleavedStream();
  const reports = new SenderReports();
  client.pipe(camera);
  camera.on('data', (chunk: Buffer) => {
    try {
      const { bytes, packets, bodies } = stream.push(chunk);
      for (const body of bodies) reports.describe(body);
      for (const packet of packets) reports.mend(packet);
      if (bytes.length > 0 && !client.write(bytes)) camera.pause();
    } catch (error) {
      camera.destroy(error as Error);
    }
  });
  client.on('drain', () => camera.resume());
  // A break on one side becomes one on the other: ffmpeg then says so itself.
  camera.on('close', (isBroken: boolean) => (isBroken ? client.resetAndDestroy() : client.end()));
  client.on('close', () => camera.destroy());
}
