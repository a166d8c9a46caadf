/** The way that packets of each media take: on the connection (interleaved), or by UDP ports of their own. */
import { RtspFault } from './rtsp-fault';
import type { Session } from './session';
import type { MediaDescription } from './session-description';
import { UdpPair } from './udp-pair';

/** `bytes[from, to)` is a packet of RTP or RTCP. Valid during the call only. */
export type PacketTaker = (bytes: Buffer, from: number, to: number) => void;

export interface MediaWay {
  /** Sends RTCP to the camera. */
  sendControl(packet: Buffer): void;
}

const IN_ORDER = { packets: 0, ms: 0 };
/** Over Wi-Fi packets overtake each other by some ms. 256 of them are a key frame of some 350 KB. */
const REORDERED = { packets: 256, ms: 150 };

export class CameraTransport {
  private readonly pairs: UdpPair[] = [];
  private readonly channels = new Map<number, PacketTaker>();
  private nextChannel = 0;

  constructor(
    private readonly session: Session,
    private readonly kind: 'tcp' | 'udp',
  ) {
    // What comes on a channel that nobody asked for is passed over: a track of metadata, the rest of another session.
    session.connection.onFrame((channel, bytes, from, to) => this.channels.get(channel)?.(bytes, from, to));
  }

  get window(): { packets: number; ms: number } {
    return this.kind === 'udp' ? REORDERED : IN_ORDER;
  }

  /** Throws RtspFault where the camera refuses. */
  setUp(media: MediaDescription, take: PacketTaker): Promise<MediaWay> {
    return this.kind === 'udp' ? this.byDatagrams(media, take) : this.interleaved(media, take);
  }

  close(): void {
    for (const pair of this.pairs.splice(0)) pair.close();
  }

  private async interleaved({ control }: MediaDescription, take: PacketTaker): Promise<MediaWay> {
    const asked: [number, number] = [this.nextChannel, this.nextChannel + 1];
    const transport = `RTP/AVP/TCP;unicast;interleaved=${asked[0]}-${asked[1]}`;
    const answer = await this.session.setUp({ control, transport });
    // A camera may give other channels than it was asked for, and send on those.
    const [data, reports] = answer.interleaved ?? asked;
    if (this.channels.has(data) || this.channels.has(reports))
      throw new RtspFault('invalid', `wanted channels of its own for each media, got ${data}-${reports} twice`);
    this.channels.set(data, take).set(reports, take);
    this.nextChannel = Math.max(data, reports) + 1;
    return { sendControl: (packet) => this.session.connection.sendFrame(reports, packet) };
  }

  private async byDatagrams({ control }: MediaDescription, take: PacketTaker): Promise<MediaWay> {
    const { localAddress, remoteAddress } = this.session.connection;
    if (localAddress === undefined || remoteAddress === undefined)
      throw new RtspFault('closed', 'the connection ended before its media were set up');
    const pair = await UdpPair.open(localAddress);
    this.pairs.push(pair);
    const transport = `RTP/AVP;unicast;client_port=${pair.ports[0]}-${pair.ports[1]}`;
    const { serverPorts } = await this.session.setUp({ control, transport });
    // Packets count only from where we connected to. A `source` elsewhere would let anybody send pictures.
    pair.listen(remoteAddress, serverPorts, (bytes) => take(bytes, 0, bytes.length));
    return { sendControl: (packet) => pair.sendControl(packet) };
  }
}
