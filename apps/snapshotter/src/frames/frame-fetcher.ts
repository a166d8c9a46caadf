import { get as httpGet, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { Limiter, type Clock } from '@vr/base';
import { CLOCK, CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { checkFrameUrl, openAddresses, type Address } from './frame-address';
import type { Frame } from './frame-buffer';
import { FRAME_LIMIT_BYTES, wholeJpeg } from './read-frame';

const DEADLINE_MS = 2000;
/** A host that let us wait is not asked for this long. Meanwhile the footage gives the picture at once. */
const SLOW_FOR_MS = 10_000;
/** Pictures fetched at once: a burst of events must be none for the stream manager. */
const AT_ONCE = 8;

/** Fetches the picture of a frame. Throws where it cannot: the caller then turns to the footage. */
@Injectable()
export class FrameFetcher {
  private readonly limiter = new Limiter(AT_ONCE);
  /** Fetches on their way: one a frame, however many want it. */
  private readonly fetches = new WeakMap<Frame, Promise<Buffer>>();

  private readonly slowUntilMs = new Map<string, number>();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'FRAME_HOSTS'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /** A whole JPEG. */
  fetch(frame: Frame): Promise<Buffer> {
    const { picture } = frame;
    if ('jpeg' in picture) return Promise.resolve(picture.jpeg);
    const known = this.fetches.get(frame);
    if (known) return known;
    const fetched = this.limiter.run(() => this.fetchUrl(picture.url));
    this.fetches.set(frame, fetched);
    const forget = (): void => void this.fetches.delete(frame);
    fetched.then(forget, forget);
    return fetched;
  }

  private async fetchUrl(text: string): Promise<Buffer> {
    const url = checkFrameUrl(text, this.config.FRAME_HOSTS);
    if ((this.slowUntilMs.get(url.host) ?? 0) > this.clock.monotonicMs()) {
      throw new Error(`the frame at ${url.host} is not asked for: its host was too slow a moment ago`);
    }
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      const addresses = await inTime(openAddresses(url, this.config.FRAME_HOSTS), signal);
      return wholeJpeg(await download(url, addresses, signal), `a JPEG from ${url.host}`);
    } catch (error) {
      if (!signal.aborted) throw error;
      this.noteSlow(url.host);
      throw new Error(`the frame at ${url.host} did not come within ${DEADLINE_MS} ms`, { cause: error });
    }
  }

  private noteSlow(host: string): void {
    const nowMs = this.clock.monotonicMs();
    for (const [known, untilMs] of this.slowUntilMs) if (untilMs <= nowMs) this.slowUntilMs.delete(known);
    this.slowUntilMs.set(host, nowMs + SLOW_FOR_MS);
  }
}

async function download(url: URL, addresses: Address[], signal: AbortSignal): Promise<Buffer> {
  const response = await request(url, {
    signal,
    lookup: answering(addresses),
    agent: false,
    headers: { accept: 'image/jpeg' },
  });
  try {
    // Redirects would lead round the checks, so none is followed.
    if (response.statusCode !== 200)
      throw new Error(`the frame at ${url.host} answered ${response.statusCode ?? 'nothing'}, wanted 200`);
    if (Number(response.headers['content-length'] ?? 0) > FRAME_LIMIT_BYTES) throw tooLarge(url);
    return await readLimited(response, url);
  } finally {
    response.destroy();
  }
}

function request(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    get(url, options, resolve).on('error', reject);
  });
}

async function readLimited(response: IncomingMessage, url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > FRAME_LIMIT_BYTES) throw tooLarge(url);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Node resolves nothing: it gets the addresses that were checked. */
function answering(addresses: Address[]): LookupFunction {
  const [first = { address: '', family: 4 as const }] = addresses;
  return (_, options, callback) => {
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
}

/** The system's resolver takes no signal. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(signal.reason as Error);
    if (signal.aborted) return late();
    signal.addEventListener('abort', late, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

function tooLarge(url: URL): Error {
  return new Error(`the frame at ${url.host} is larger than ${FRAME_LIMIT_BYTES} bytes`);
}
