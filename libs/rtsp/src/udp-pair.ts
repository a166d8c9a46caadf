/** Two neighbouring UDP ports, the even one for RTP and the odd one for RTCP (RFC 3550, 11), of one media. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { RtspFault } from './rtsp-fault';

export type DatagramTaker = (bytes: Buffer, isControl: boolean) => void;

const TRIES = 20;
/** A burst of a key frame of 4K at once. The kernel gives what it allows. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

export class UdpPair {
  private takes: DatagramTaker = () => undefined;
  private target: { address: string; ports: [number, number] } | undefined;

  private constructor(
    private readonly data: Socket,
    private readonly control: Socket,
    readonly ports: [number, number],
  ) {
    for (const socket of [data, control]) {
      socket.on('message', (bytes, { address }) => {
        // Others may send to these ports too: their packets are none of the camera's.
        if (this.target && sameAddress(address, this.target.address)) this.takes(bytes, socket === control);
      });
      socket.on('error', () => undefined); // A camera whose port is closed: that nothing comes says it too.
    }
  }

  /** @param local the address that the camera is reached from */
  static async open(local: string): Promise<UdpPair> {
    const type = isIPv6(local) ? 'udp6' : 'udp4';
    for (let tries = 0; tries < TRIES; tries++) {
      const first = await bound(type, local, 0);
      const { port } = first.address();
      const dataPort = port % 2 === 0 ? port : port - 1;
      const other = await bound(type, local, port % 2 === 0 ? port + 1 : port - 1).catch(() => undefined);
      if (other) {
        const [data, control] = port === dataPort ? [first, other] : [other, first];
        return new UdpPair(data, control, [dataPort, dataPort + 1]);
      }
      first.close();
    }
    throw new RtspFault('closed', `no two neighbouring UDP ports were free in ${TRIES} tries`);
  }

  /** Packets of this address are taken; a first one is sent there, so that firewalls let its answers through. */
  listen(address: string, ports: [number, number] | undefined, takes: DatagramTaker): void {
    this.takes = takes;
    if (!ports) {
      this.target = { address, ports: [0, 0] };
      return;
    }
    this.target = { address, ports };
    this.data.send(Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), ports[0], address);
  }

  sendControl(packet: Buffer): void {
    const port = this.target?.ports[1];
    if (this.target && port) this.control.send(packet, port, this.target.address);
  }

  close(): void {
    this.data.close();
    this.control.close();
  }
}

async function bound(type: 'udp4' | 'udp6', address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

const plain = (address: string): string =>
  address
    .toLowerCase()
    .replace(/^::ffff:/, '')
    .replace(/%.*$/, '');
const sameAddress = (a: string, b: string): boolean => plain(a) === plain(b);
