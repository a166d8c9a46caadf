/**
 * One media as its packets come: in order, of one source, with what is lost counted; its sender reports beside them,
 * and the receiver reports that answer them.
 */
import { randomBytes } from 'node:crypto';
import { ArrivalOrder, type LossCounts } from './arrival-order';
import { readRtcp, writeReceiverReport, type SenderReport } from './rtcp';
import { isRtcp, RtpPacket } from './rtp-packet';
import type { MediaFormat } from './session-description';

export interface TrackSink {
  /** In order. `lost`: packets that are missing right before it. The packet is valid during the call only. */
  packet(packet: RtpPacket, arrivalMs: number, lost: number): void;
  report(report: SenderReport, arrivalMs: number): void;
  /** The source ended and another began: stamps and counts begin anew. */
  restarted(): void;
  /** The camera says that it sends no more. */
  goodbye(): void;
}

export interface TrackOptions {
  format: MediaFormat;
  /** Payload types of this media that are something else: retransmissions, another codec. */
  others: ReadonlySet<number>;
  /** How long packets wait for those before them; none over TCP. */
  window: { packets: number; ms: number };
}

const NONE: LossCounts = { received: 0, lost: 0, late: 0 };

export class TrackReceiver {
  private readonly packet = new RtpPacket();
  private readonly ssrc = randomBytes(4).readUInt32BE();
  private order: ArrivalOrder;
  private source: number | undefined;
  /** Of sources that are gone. */
  private before = NONE;
  private reported = NONE;
  private lastReport: { middle: number; arrivalMs: number } | undefined;
  private jitterTicks = 0;
  private lastTransit: number | undefined;
  private lastTimestamp: number | undefined;

  constructor(
    private readonly options: TrackOptions,
    private readonly sink: TrackSink,
  ) {
    this.order = this.newOrder();
  }

  get counts(): LossCounts {
    return sum(this.before, this.order.counts);
  }

  /** Anything that came for this media: RTP, or RTCP where a camera mixes both. */
  take(bytes: Buffer, from: number, to: number, arrivalMs: number): void {
    if (isRtcp(bytes, from, to)) this.takeReport(bytes, from, to, arrivalMs);
    else if (this.packet.read(bytes, from, to)) this.takePacket(bytes, from, to, arrivalMs);
  }

  /** Lets go of packets that wait for one that does not come. */
  release(nowMs: number): void {
    this.order.release(nowMs);
  }

  /** What to answer to the camera; undefined while nothing has come. */
  receiverReport(nowMs: number): Buffer | undefined {
    if (this.source === undefined) return undefined;
    const { counts } = this;
    const lost = counts.lost - this.reported.lost;
    const expected = lost + counts.received - this.reported.received;
    this.reported = { ...counts };
    return writeReceiverReport({
      ssrc: this.ssrc,
      of: this.source,
      fractionLost: expected > 0 ? lost / expected : 0,
      lost: counts.lost,
      highest: this.order.highest,
      jitter: this.jitterTicks,
      lastReportMiddle: this.lastReport?.middle ?? 0,
      sinceLastReportMs: this.lastReport ? nowMs - this.lastReport.arrivalMs : 0,
    });
  }

  private takePacket(bytes: Buffer, from: number, to: number, arrivalMs: number): void {
    const { payloadType, ssrc, sequence, timestamp } = this.packet;
    // A camera may send another number than its description says. Only what is described as something else is not ours.
    if (payloadType !== this.options.format.payloadType && this.options.others.has(payloadType)) return;
    if (this.source !== ssrc) {
      if (this.source !== undefined) this.restart();
      this.source = ssrc;
    }
    // Packets of one picture have one stamp, and leave the camera together.
    if (timestamp !== this.lastTimestamp) this.measureJitter(timestamp, arrivalMs);
    this.order.push(sequence, bytes, from, to, arrivalMs);
  }

  private restart(): void {
    this.order.release(Infinity);
    this.before = this.counts;
    this.order = this.newOrder();
    this.lastTransit = undefined;
    this.lastReport = undefined;
    this.sink.restarted();
  }

  private newOrder(): ArrivalOrder {
    return new ArrivalOrder(
      {
        packet: (bytes, from, to, arrivalMs, lost) => {
          // One that waited for no other has just been read.
          if (this.packet.isOf(bytes, from) || this.packet.read(bytes, from, to))
            this.sink.packet(this.packet, arrivalMs, lost);
        },
      },
      this.options.window,
    );
  }

  /** RFC 3550, 6.4.1 and appendix A.8. */
  private measureJitter(timestamp: number, arrivalMs: number): void {
    this.lastTimestamp = timestamp;
    const transit = ((arrivalMs * this.options.format.clockRate) / 1000 - timestamp) % 2 ** 32;
    const step = this.lastTransit === undefined ? 0 : Math.abs(transit - this.lastTransit);
    this.lastTransit = transit;
    // Where the stamp wraps the step is some 2^32 ticks, and no jitter.
    if (step < 2 ** 31) this.jitterTicks += (step - this.jitterTicks) / 16;
  }

  private takeReport(bytes: Buffer, from: number, to: number, arrivalMs: number): void {
    const { reports, goodbyes } = readRtcp(bytes, from, to);
    for (const report of reports) {
      // A report of another source says nothing about our stamps. Before the first packet the source is not known.
      if (this.source !== undefined && report.ssrc !== this.source) continue;
      this.lastReport = { middle: report.middle, arrivalMs };
      this.sink.report(report, arrivalMs);
    }
    if (this.source !== undefined && goodbyes.includes(this.source)) this.sink.goodbye();
  }
}

const sum = (a: LossCounts, b: LossCounts): LossCounts => ({
  received: a.received + b.received,
  lost: a.lost + b.lost,
  late: a.late + b.late,
});
