import { connect, type Socket } from 'node:net';
import { splitUrl } from '@vr/base';

export interface CameraAddress {
  /** In lower case, with its slashes. */
  scheme: string;
  host: string;
  port: number;
  /** Host and port as the URL has them. */
  name: string;
  /** The URL from there on. */
  rest: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'rtsp://': 554, 'rtsps://': 322 };

/** Undefined where the URL names no host. */
export function cameraAddress(cameraUrl: string): CameraAddress | undefined {
  const { scheme, address } = splitUrl(cameraUrl);
  const [name] = /^[^/?#]+/.exec(address) ?? [];
  const [, inBrackets, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(name ?? '') ?? [];
  const host = inBrackets ?? plain;
  const known = scheme.toLowerCase();
  const defaultPort = DEFAULT_PORTS[known];
  if (name === undefined || host === undefined || defaultPort === undefined) return undefined;
  return { scheme: known, host, port: port === undefined ? defaultPort : Number(port), name, rest: address };
}

/** Undefined where nobody takes the connection in time. Never rejects. */
export function connectToCamera({ host, port }: CameraAddress, withinMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    if (port > 65_535) return resolve(undefined);
    const socket = connect({ host, port, noDelay: true });
    const end = (answer?: Socket): void => {
      clearTimeout(timer);
      if (!answer) socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, withinMs);
    socket.once('connect', () => end(socket));
    socket.on('error', () => end());
  });
}
