/** Everything that reads what a camera sends. Bytes of a connection go in, and only an RtspFault may come out. */
import { Authorization, bestChallenge, parseChallenges } from '../authorization';
import { ConnectionReader } from '../connection-reader';
import { baseUrl, controlUrl } from '../control-url';
import { H264Depacketizer } from '../depacketize-h264';
import { H265Depacketizer } from '../depacketize-h265';
import { describedParameterSets } from '../described-sets';
import { asRequest, asResponse, header, type RtspMessage } from '../message';
import { PictureAssembler } from '../picture-assembler';
import { RtspFault } from '../rtsp-fault';
import { parseSessionDescription, type MediaFormat } from '../session-description';
import { TrackReceiver } from '../track-receiver';
import { parseSession, parseTransport } from '../transport';

const FORMAT: MediaFormat = {
  payloadType: 96,
  encoding: 'h264',
  clockRate: 90_000,
  channels: 1,
  parameters: new Map(),
};
const WINDOWS = [
  { packets: 0, ms: 0 },
  { packets: 16, ms: 150 },
];

export class AllReaders {
  /** What was read without a fault. */
  readonly counts = { messages: 0, packets: 0, pictures: 0, reports: 0, faults: 0 };
  private readonly reader: ConnectionReader;
  private readonly receivers: TrackReceiver[];
  private nowMs = 0;

  constructor() {
    this.receivers = (['h264', 'h265'] as const).flatMap((codec) =>
      WINDOWS.map((window) => this.receiver(codec, window)),
    );
    this.reader = new ConnectionReader({
      frame: (_, bytes, from, to) => {
        this.counts.packets++;
        this.nowMs += 2;
        for (const receiver of this.receivers) receiver.take(bytes, from, to, this.nowMs);
      },
      message: (message) => this.message(message),
    });
  }

  /** Throws what is no RtspFault. */
  push(bytes: Buffer): void {
    try {
      this.reader.push(bytes);
      for (const receiver of this.receivers) {
        receiver.release(this.nowMs + 1000);
        receiver.receiverReport(this.nowMs);
      }
    } catch (error) {
      if (!(error instanceof RtspFault)) throw error;
      this.counts.faults++;
    }
  }

  private receiver(codec: 'h264' | 'h265', window: { packets: number; ms: number }): TrackReceiver {
    const memory = { append: () => undefined, patchUint32: () => undefined, drop: () => undefined };
    const assembler = new PictureAssembler(codec, memory, () => {
      this.counts.pictures++;
    });
    const depacketizer = codec === 'h264' ? new H264Depacketizer(assembler) : new H265Depacketizer(assembler);
    return new TrackReceiver(
      { format: FORMAT, others: new Set(), window },
      {
        packet: (packet, arrivalMs, lost) => depacketizer.packet(packet, arrivalMs, lost),
        report: () => {
          this.counts.reports++;
        },
        restarted: () => assembler.finish(),
        goodbye: () => undefined,
      },
    );
  }

  private message(message: RtspMessage): void {
    asRequest(message);
    if (!asResponse(message)) return;
    this.counts.messages++;
    parseTransport(header(message, 'transport') ?? '');
    parseSession(header(message, 'session') ?? '');
    const challenge = bestChallenge(parseChallenges(message.headers.get('www-authenticate') ?? []));
    if (challenge)
      new Authorization(challenge, { user: 'u', password: 'p' }).headerFor('DESCRIBE', 'rtsp://192.0.2.1/');
    const base = baseUrl('rtsp://192.0.2.1/', header(message, 'content-base'), header(message, 'content-location'));
    const description = parseSessionDescription(message.body.toString('utf8'));
    for (const { control, formats } of description.medias) {
      controlUrl(controlUrl(base, description.control), control);
      for (const format of formats) describedParameterSets(format);
    }
  }
}
