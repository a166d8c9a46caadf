// The way of an ffmpeg's stdout into this process. Node gives every 64 KB of a child's pipe a buffer of its own, and
// collecting those was the recorder's main cost. A socket of our own is read into one buffer for the whole process
// (docs/benchmarks.md).
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** One buffer serves all sockets: each read is handed over before the next one. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);
const NONCE_BYTES = 32;

export interface StdoutChannel {
  /** For the child's stdio. Close it here once the child has it; else the stream never ends. */
  theirs: Socket;
  /**
   * A chunk is valid during the call only. Resolves at the end of the stream. Rejects with what `take` throws, and then
   * reads no more.
   */
  read(take: (chunk: Buffer) => void): Promise<void>;
  /** Call it once the child is gone: it lets a running `read` come to its end, then closes. */
  close(): Promise<void>;
}

/** A connected pair of sockets. Nothing is lost between the child's first byte and `read`: the kernel keeps it. */
export async function openStdoutChannel(): Promise<StdoutChannel> {
  // Linux's abstract names need no file system. The nonce proves that it is us who connect.
  const address = `\0video-recorder-${randomBytes(16).toString('hex')}`;
  const nonce = randomBytes(NONCE_BYTES);
  const server = createServer();
  server.listen(address);
  let take: ((chunk: Buffer) => void) | undefined;
  let fault: Error | undefined;
  const ours = connect({
    path: address,
    onread: {
      buffer: READ_BUFFER,
      callback: (bytesRead) => {
        try {
          take?.(READ_BUFFER.subarray(0, bytesRead));
        } catch (error) {
          fault = error as Error;
          ours.destroy();
        }
        return true;
      },
    },
  });
  const ended = new Promise<void>((resolve, reject) => {
    // A child that is killed may reset the connection. That is the stream's end, like any other.
    ours.on('error', () => undefined);
    ours.on('close', () => (fault ? reject(fault) : resolve()));
  });
  ended.catch(() => undefined); // whoever reads is told
  ours.write(nonce);
  ours.pause();
  const theirs = await accept(server, nonce);
  server.close();
  return {
    theirs,
    read: (taker) => {
      take = taker;
      ours.resume();
      return ended;
    },
    close: async () => {
      if (take) await ended.catch(() => undefined);
      else ours.destroy();
    },
  };
}

function accept(server: Server, nonce: Buffer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('connection', (socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (data: Buffer) => {
        socket.pause();
        if (data.equals(nonce)) resolve(socket);
        else socket.destroy();
      });
    });
  });
}
