// Keeps camera passwords out of the process list. ffmpeg takes its input's URL from argv and, before version 7, from
// nowhere else, and /proc/PID/cmdline is open to every user of the machine. So ffmpeg is given the URL of a door on
// 127.0.0.1 that answers DESCRIBE with a redirect (RFC 2326, 11.3) to the camera's real URL. It lets one process of
// ours through and closes; no media passes it. Seen to work with ffmpeg 4.2, 5.1 and 7.0. What ffmpeg does afterwards
// is what it does when given the real URL.
import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { isOurProcess } from './loopback-peer';

const REQUEST_LIMIT_BYTES = 8192;

export interface PasswordDoor {
  /** What ffmpeg gets. It is worth nothing to others: it opens once, and only to a process that we started. */
  url: string;
  close(): void;
}

/** Opens a door to the camera at `cameraUrl`. It closes by itself after its use. */
export async function openPasswordDoor(cameraUrl: string): Promise<PasswordDoor> {
  const path = `/${randomUUID()}`;
  const server = createServer();
  server.on('connection', (socket) => {
    attend(socket, path, cameraUrl, server);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // The door never keeps a worker from ending.
  server.unref();
  return { url: `rtsp://127.0.0.1:${portOf(server)}${path}`, close: () => void server.close() };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the password door has no port');
  return address.port;
}

function attend(socket: Socket, path: string, cameraUrl: string, server: Server): void {
  let received = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    if (received.length > REQUEST_LIMIT_BYTES) socket.destroy();
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      const request = received.slice(0, end);
      received = received.slice(end + 4);
      void answer(socket, request, path, cameraUrl, server);
    }
  });
}

async function answer(socket: Socket, request: string, path: string, cameraUrl: string, server: Server): Promise<void> {
  const reply = (status: string, header: string): string => {
    const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0';
    return `RTSP/1.0 ${status}\r\nCSeq: ${sequence}\r\n${header}\r\n`;
  };
  if (request.startsWith('OPTIONS ')) {
    socket.write(reply('200 OK', 'Public: OPTIONS, DESCRIBE\r\n'));
  } else if (
    !request.startsWith('DESCRIBE ') ||
    !request.split(' ')[1]?.endsWith(path) ||
    !(await isOurProcess(socket))
  ) {
    socket.end(reply('403 Forbidden', ''));
  } else if (server.listening) {
    server.close();
    socket.end(reply('302 Found', `Location: ${cameraUrl}\r\n`));
  } else {
    socket.end(reply('410 Gone', ''));
  }
}
