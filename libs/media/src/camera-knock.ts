import { connect } from 'node:net';
import { encodedUrl } from '@vr/base';

const DEADLINE_MS = 1500;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322 };

/** Whether anything takes a connection at the address of the camera's URL, within 1.5 s. Never rejects. */
export function cameraAnswers(cameraUrl: string): Promise<boolean> {
  if (!URL.canParse(encodedUrl(cameraUrl))) return Promise.resolve(false);
  const { protocol, hostname, port } = new URL(encodedUrl(cameraUrl));
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (DEFAULT_PORTS[protocol] ?? 554) : Number(port) });
    const end = (answers: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answers);
    };
    const timer = setTimeout(() => end(false), DEADLINE_MS);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
