/**
 * Requests for a WebSocket pass the gate and all that stands before our routes, like every other request: Node hands
 * them over apart, and here they go back to Express. So there is one place that decides who may come in.
 */
import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';

export interface Upgrade {
  socket: Socket;
  head: Buffer;
}

const ANSWER_WITHIN_MS = 10_000;

export class Upgrades {
  private readonly waiting = new WeakMap<IncomingMessage, Upgrade & { late: NodeJS.Timeout }>();

  constructor(server: Server, answer: RequestListener) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      if (!(socket instanceof Socket)) throw new TypeError('wanted a request that came over TCP');
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(socket);
      response.on('finish', () => socket.end());
      // The server's own time limits do not hold for a socket that was handed over.
      const late = setTimeout(() => {
        if (!response.headersSent) socket.destroy(); // a long download may ask for another protocol, and gets none
      }, ANSWER_WITHIN_MS).unref();
      socket.on('close', () => clearTimeout(late));
      this.waiting.set(request, { socket, head, late });
      answer(request, response);
    });
  }

  /** The connection of a request that asks for a WebSocket. Whoever takes it answers. */
  take(request: IncomingMessage, response: ServerResponse): Upgrade | undefined {
    const found = this.waiting.get(request);
    if (!found) return undefined;
    this.waiting.delete(request);
    const { socket, head, late } = found;
    clearTimeout(late);
    response.detachSocket(socket);
    return { socket, head };
  }
}
