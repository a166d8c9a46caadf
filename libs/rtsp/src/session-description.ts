/**
 * What a camera says it sends: SDP (RFC 8866), read with tolerance. Lines that are broken or unknown are passed over;
 * only what a recorder needs is kept.
 */
export interface SessionDescription {
  /** `a=control` of the whole session. */
  control?: string;
  medias: MediaDescription[];
}

export interface MediaDescription {
  kind: string;
  /** In the order in which the camera prefers them. */
  formats: MediaFormat[];
  control?: string;
  /**
   * As the camera says it, where it does. Of two audio medias the one with `sendonly` is the way back, to the camera's
   * loudspeaker: ONVIF (Streaming Specification, 5.3) gives directions as the client sees them.
   */
  direction?: 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive';
}

export interface MediaFormat {
  payloadType: number;
  /** Lower case, as RTP payload names are compared: `h264`, `mpeg4-generic`. */
  encoding: string;
  clockRate: number;
  channels: number;
  /** From `a=fmtp`; names in lower case. */
  parameters: ReadonlyMap<string, string>;
}

/** Payload types that need no `a=rtpmap` (RFC 3551, 6). */
const STATIC: Readonly<Record<number, { encoding: string; clockRate: number; channels: number }>> = {
  0: { encoding: 'pcmu', clockRate: 8000, channels: 1 },
  2: { encoding: 'g726-32', clockRate: 8000, channels: 1 },
  8: { encoding: 'pcma', clockRate: 8000, channels: 1 },
  9: { encoding: 'g722', clockRate: 8000, channels: 1 },
  10: { encoding: 'l16', clockRate: 44_100, channels: 2 },
  11: { encoding: 'l16', clockRate: 44_100, channels: 1 },
  14: { encoding: 'mpa', clockRate: 90_000, channels: 1 },
  26: { encoding: 'jpeg', clockRate: 90_000, channels: 1 },
  33: { encoding: 'mp2t', clockRate: 90_000, channels: 1 },
};
/** Many lines more than any camera sends. */
const MOST_LINES = 2000;
const MOST_MEDIAS = 32;

export function parseSessionDescription(text: string): SessionDescription {
  const session: SessionDescription = { medias: [] };
  let media:
    | { description: MediaDescription; payloadTypes: number[]; maps: Map<number, string>; fmtp: Map<number, string> }
    | undefined;
  const finish = () => {
    if (media)
      media.description.formats = media.payloadTypes.flatMap((type) =>
        formatOf(type, media?.maps.get(type), media?.fmtp.get(type)),
      );
  };
  for (const line of text.split(/\r\n|\n|\r/, MOST_LINES)) {
    const [, letter, value = ''] = /^([a-z])=(.*)$/i.exec(line.trim()) ?? [];
    if (letter === 'm') {
      finish();
      if (session.medias.length === MOST_MEDIAS) break;
      const [kind = '', , , ...types] = value.split(/\s+/);
      const payloadTypes = types.filter((type) => /^\d{1,3}$/.test(type)).map(Number);
      const description: MediaDescription = { kind: kind.toLowerCase(), formats: [] };
      media = { description, payloadTypes, maps: new Map(), fmtp: new Map() };
      session.medias.push(description);
    } else if (letter === 'a') {
      const [, name = '', rest = ''] = /^([^:]+):?\s*(.*)$/.exec(value) ?? [];
      readAttribute(name.toLowerCase(), rest, session, media);
    }
  }
  finish();
  return session;
}

function readAttribute(
  name: string,
  value: string,
  session: SessionDescription,
  media: { description: MediaDescription; maps: Map<number, string>; fmtp: Map<number, string> } | undefined,
): void {
  if (name === 'control') (media?.description ?? session).control = value.trim();
  if (!media) return;
  if (isDirection(name)) media.description.direction = name;
  const [, type, rest = ''] = /^(\d{1,3})\s+(.*)$/.exec(value) ?? [];
  if (type === undefined) return;
  if (name === 'rtpmap') media.maps.set(Number(type), rest);
  if (name === 'fmtp') media.fmtp.set(Number(type), rest);
}

const isDirection = (name: string): name is NonNullable<MediaDescription['direction']> =>
  ['sendonly', 'recvonly', 'sendrecv', 'inactive'].includes(name);

function formatOf(payloadType: number, map: string | undefined, fmtp: string | undefined): MediaFormat[] {
  const [, encoding, rate, channels] = /^([^/\s]+)\s*\/\s*(\d{1,9})(?:\s*\/\s*(\d{1,3}))?/.exec(map ?? '') ?? [];
  const parameters = parseParameters(fmtp ?? '');
  if (encoding !== undefined && Number(rate) > 0) {
    const facts = { encoding: encoding.toLowerCase(), clockRate: Number(rate), channels: Number(channels ?? 1) || 1 };
    return [{ payloadType, ...facts, parameters }];
  }
  const known = STATIC[payloadType];
  return known ? [{ payloadType, ...known, parameters }] : [];
}

/** `packetization-mode=1; sprop-parameter-sets=Z0I=,aM4=`: base64 may end with `=`, and hold no `;`. */
function parseParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name !== '') parameters.set(name, equals < 0 ? '' : part.slice(equals + 1).trim());
  }
  return parameters;
}
