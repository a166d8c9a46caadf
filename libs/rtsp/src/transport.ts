/** The headers Transport and Session of SETUP (RFC 2326, 12.39, 12.37), as cameras answer them. */
export interface TransportAnswer {
  /** TCP: the channels of RTP and RTCP on the connection. */
  interleaved?: [number, number];
  /** UDP: the camera's own ports. */
  serverPorts?: [number, number];
  /** UDP: where packets come from, if not from the camera's own address. */
  source?: string;
  ssrc?: number;
}

export interface SessionAnswer {
  id: string;
  timeoutMs: number;
}

/** Where a camera says nothing (RFC 2326, 12.37). */
const USUAL_TIMEOUT_MS = 60_000;

export function parseTransport(text: string): TransportAnswer {
  const fields = new Map(
    // A camera may answer with several, one behind another: the first counts.
    (text.split(',')[0] ?? '').split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim().replace(/^"|"$/g, '')];
    }),
  );
  const ssrc = fields.get('ssrc');
  return {
    interleaved: pair(fields.get('interleaved'), 255),
    serverPorts: pair(fields.get('server_port'), 65_535),
    source: fields.get('source') || undefined,
    ssrc: ssrc !== undefined && /^[0-9a-f]{1,8}$/i.test(ssrc) ? parseInt(ssrc, 16) : undefined,
  };
}

/** `4-5`, or the first alone. */
function pair(text: string | undefined, most: number): [number, number] | undefined {
  const [, first, second] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text ?? '') ?? [];
  if (first === undefined) return undefined;
  const numbers: [number, number] = [Number(first), Number(second ?? Number(first) + 1)];
  return numbers.every((number) => number <= most) ? numbers : undefined;
}

export function parseSession(text: string): SessionAnswer | undefined {
  const [id = '', ...parameters] = text.split(';').map((part) => part.trim());
  if (id === '') return undefined;
  const timeout = parameters
    .map((part) => /^timeout\s*=\s*"?(\d{1,6})/i.exec(part)?.[1])
    .find((value) => value !== undefined);
  return { id, timeoutMs: Number(timeout ?? 0) > 0 ? Number(timeout) * 1000 : USUAL_TIMEOUT_MS };
}
