/** Packets to pictures: depacketizers and the assembler together, on streams made here. */
import fc from 'fast-check';
import { H264Depacketizer } from './depacketize-h264';
import { H265Depacketizer } from './depacketize-h265';
import type { VideoCodec } from './nal-kinds';
import { PictureAssembler, type Picture } from './picture-assembler';
import { RtpPacket } from './rtp-packet';

interface Sent {
  payload: Buffer;
  timestamp: number;
  marker: boolean;
}

class Receiver {
  readonly pictures: { picture: Picture; bytes: Buffer }[] = [];
  private memory = Buffer.alloc(0);
  readonly assembler: PictureAssembler;
  private readonly depacketizer: H264Depacketizer | H265Depacketizer;

  constructor(codec: VideoCodec) {
    this.assembler = new PictureAssembler(
      codec,
      {
        append: (bytes, from, to) => (this.memory = Buffer.concat([this.memory, bytes.subarray(from, to)])),
        patchUint32: (at, value) => void this.memory.writeUInt32BE(value, at),
        drop: () => (this.memory = Buffer.alloc(0)),
      },
      (picture) => {
        this.pictures.push({ picture, bytes: this.memory });
        this.memory = Buffer.alloc(0);
      },
    );
    this.depacketizer = codec === 'h264' ? new H264Depacketizer(this.assembler) : new H265Depacketizer(this.assembler);
  }

  send(packets: readonly (Sent | 'lost')[]): this {
    let lost = 0;
    for (const [i, packet] of packets.entries()) {
      if (packet === 'lost') {
        lost += 1;
        continue;
      }
      const header = Buffer.alloc(12);
      header[0] = 0x80;
      header[1] = 96 | (packet.marker ? 0x80 : 0);
      header.writeUInt16BE(i & 0xffff, 2);
      header.writeUInt32BE(packet.timestamp >>> 0, 4);
      const bytes = Buffer.concat([header, packet.payload]);
      const rtp = new RtpPacket();
      expect(rtp.read(bytes, 0, bytes.length)).toBe(true);
      this.depacketizer.packet(rtp, i, lost);
      lost = 0;
    }
    this.assembler.finish();
    return this;
  }

  get units(): string[][] {
    return this.pictures.map(({ bytes }) => {
      const units: string[] = [];
      for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at))
        units.push(bytes.toString('hex', at + 4, at + 4 + bytes.readUInt32BE(at)));
      return units;
    });
  }
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const one = (unit: Buffer, timestamp: number, marker = false): Sent => ({ payload: unit, timestamp, marker });

/** A NAL unit of H.264 in pieces of `size` bytes (RFC 6184, 5.8). */
function fuA(unit: Buffer, timestamp: number, size: number, o: { marker?: boolean; endBit?: boolean } = {}): Sent[] {
  const [header = 0, ...rest] = unit;
  const pieces: Sent[] = [];
  for (let at = 0; at < rest.length; at += size) {
    const last = at + size >= rest.length;
    const flags = (at === 0 ? 0x80 : 0) | (last && o.endBit !== false ? 0x40 : 0);
    const payload = Buffer.from([(header & 0xe0) | 28, flags | (header & 31), ...rest.slice(at, at + size)]);
    pieces.push({ payload, timestamp, marker: last && (o.marker ?? false) });
  }
  return pieces;
}

const SPS = hex('6742c01fd900a1');
const PPS = hex('68cb83cb20');
const IDR = Buffer.concat([hex('6588'), Buffer.alloc(40, 7)]);
const IDR_SECOND_SLICE = hex('65400102');
const P = hex('419a0203');
const P_SECOND_SLICE = hex('41400203');
/** A recovery point SEI (payload type 6, one byte). */
const RECOVERY = hex('06060184800a'.slice(0, 10));

describe('H.264 from packets to pictures', () => {
  it('puts units behind their lengths, pictures apart, and says where decoding begins', () => {
    const stapA = Buffer.concat([hex('78'), hex('0007'), SPS, hex('0005'), PPS]);
    const receiver = new Receiver('h264').send([
      ...[one(stapA, 0), ...fuA(IDR, 0, 10, { marker: true })],
      one(P, 3600, true),
      one(P, 7200, true),
    ]);
    expect(receiver.units).toEqual([
      [SPS, PPS, IDR].map((unit) => unit.toString('hex')),
      [P.toString('hex')],
      [P.toString('hex')],
    ]);
    expect(receiver.pictures.map(({ picture: { key, timestamp } }) => [key, timestamp])).toEqual([
      [true, 0],
      [false, 3600],
      [false, 7200],
    ]);
    expect(receiver.pictures[0]?.picture.parameterSets).toEqual([SPS, PPS]);
  });

  it.each([
    [
      'markers are on every packet',
      () => [one(IDR, 0, true), one(IDR_SECOND_SLICE, 0, true), one(P, 3600, true), one(P_SECOND_SLICE, 3600, true)],
      2,
    ],
    [
      'markers are on none but the last',
      () => [one(IDR, 0), one(IDR_SECOND_SLICE, 0), one(P, 3600), one(P, 7200, true)],
      3,
    ],
    ['several pictures have one stamp', () => [one(IDR, 0, true), one(P, 0, true), one(P, 0, true)], 3],
    ['slices of a picture have several stamps', () => [one(IDR, 0), one(IDR_SECOND_SLICE, 1), one(P, 3600, true)], 2],
    [
      'sets come with the stamp of the picture before',
      () => [one(P, 0, true), one(SPS, 0), one(PPS, 0), one(IDR, 3600, true)],
      2,
    ],
    ['a unit lacks its end bit', () => [...fuA(IDR, 0, 10, { endBit: false }), one(P, 3600, true)], 2],
  ])('keeps pictures apart where %s', (_, packets, pictures) => {
    expect(new Receiver('h264').send(packets()).pictures).toHaveLength(pictures);
  });

  it('says that a recovery point is a place to begin', () => {
    const { pictures } = new Receiver('h264').send([one(RECOVERY, 0), one(P, 0, true), one(P, 3600, true)]);
    expect(pictures.map(({ picture }) => picture.key)).toEqual([true, false]);
  });

  it('takes a byte stream with start codes apart', () => {
    const payload = Buffer.concat([hex('00000001'), SPS, hex('000001'), PPS, hex('00000001'), IDR]);
    expect(new Receiver('h264').send([one(payload, 0, true)]).units).toEqual([
      [SPS, PPS, IDR].map((unit) => unit.toString('hex')),
    ]);
  });

  it('drops a picture of which a part is missing, and no other', () => {
    const pieces = fuA(IDR, 3600, 10, { marker: true });
    const receiver = new Receiver('h264').send([
      one(IDR, 0, true),
      ...pieces.slice(0, 2),
      'lost',
      ...pieces.slice(3),
      one(P, 7200, true),
    ]);
    expect(receiver.pictures.map(({ picture }) => picture.timestamp)).toEqual([0, 7200]);
    expect(receiver.assembler.counts).toEqual({ pictures: 3, damaged: 1 });
  });

  it('drops a picture whose first slice is missing, where it came in the middle', () => {
    const { pictures } = new Receiver('h264').send([
      one(IDR, 0, true),
      'lost',
      one(P_SECOND_SLICE, 3600, true),
      one(P, 7200, true),
    ]);
    expect(pictures.map(({ picture }) => picture.timestamp)).toEqual([0, 7200]);
  });

  it('whatever is lost, what it hands on is whole', () => {
    const stream = Array.from({ length: 12 }, (_, i) => [
      ...(i % 4 === 0
        ? [one(SPS, i * 3600), one(PPS, i * 3600), ...fuA(IDR, i * 3600, 9)]
        : fuA(Buffer.concat([P, Buffer.alloc(20, i)]), i * 3600, 7)),
      one(i % 4 === 0 ? IDR_SECOND_SLICE : P_SECOND_SLICE, i * 3600, true),
    ]).flat();
    const whole = new Receiver('h264').send(stream).units;
    expect(whole).toHaveLength(12);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(stream.length - 1), { maxLength: 8 }), (gone) => {
        const { units } = new Receiver('h264').send(stream.map((packet, i) => (gone.includes(i) ? 'lost' : packet)));
        const seen = new Set(whole.map((each) => each.join()));
        const withoutSets = new Set(whole.map((each) => each.slice(2).join()));
        // A lost parameter set belongs to a picture that can be whole without it.
        for (const each of units)
          expect(
            seen.has(each.join()) ||
              withoutSets.has(each.filter((unit) => !unit.startsWith('67') && !unit.startsWith('68')).join()),
          ).toBe(true);
      }),
    );
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.nat(5), fc.boolean(), fc.boolean()), { maxLength: 40 }),
        fc.constantFrom<VideoCodec>('h264', 'h265'),
        (packets, codec) => {
          const receiver = new Receiver(codec).send(
            packets.map(([payload, at, marker, gone]) =>
              gone ? 'lost' : { payload: Buffer.from(payload), timestamp: at * 3600, marker },
            ),
          );
          for (const { picture, bytes } of receiver.pictures) expect(bytes.length).toBe(picture.sizeBytes);
          expect(receiver.units.every((units) => units.length > 0)).toBe(true);
        },
      ),
    );
  });
});

describe('H.265 from packets to pictures', () => {
  const [VPS, SPS5, PPS5] = [hex('40010c01ff'), hex('420101016000'), hex('4401c0f7')];
  const IRAP = Buffer.concat([hex('2601af'), Buffer.alloc(30, 5)]);
  const TRAIL = hex('0201d0aa');

  it('reads aggregated, whole and fragmented units', () => {
    const aggregated = Buffer.concat([hex('6001'), hex('0005'), VPS, hex('0006'), SPS5, hex('0004'), PPS5]);
    const body = IRAP.subarray(2);
    const pieces = [0, 16].map((at, i) => ({
      payload: Buffer.concat([hex('6201'), Buffer.from([(i === 0 ? 0x80 : 0x40) | 19]), body.subarray(at, at + 16)]),
      timestamp: 0,
      marker: i === 1,
    }));
    const receiver = new Receiver('h265').send([one(aggregated, 0), ...pieces, one(TRAIL, 3600, true)]);
    expect(receiver.units).toEqual([
      [VPS, SPS5, PPS5, IRAP].map((unit) => unit.toString('hex')),
      [TRAIL.toString('hex')],
    ]);
    expect(receiver.pictures.map(({ picture }) => picture.key)).toEqual([true, false]);
  });
});
