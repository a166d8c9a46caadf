import { lookup } from 'node:dns';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { checkFrameUrl, isClosedAddress } from './frame-address';
import type { Frame } from './frame-cache';

const DEADLINE_MS = 2000;
const LIMIT_BYTES = 10_000_000;

/** Brings the picture of a frame. Throws where it cannot: whoever asks has the footage to turn to. */
@Injectable()
export class FrameFetcher {
  constructor(@Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'FRAME_HOSTS'>) {}

  /** The bytes as they came; whether they are a JPEG is for the caller to see. */
  async fetch({ picture }: Frame): Promise<Buffer> {
    if ('jpeg' in picture) return picture.jpeg;
    if ('base64' in picture) return Buffer.from(picture.base64.replace(/^data:image\/jpeg;base64,/, ''), 'base64');
    const url = checkFrameUrl(picture.url, this.config.FRAME_HOSTS);
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const response = await request(url, signal, this.config.FRAME_HOSTS ? undefined : lookupOpen);
    // Redirects are not followed: they would lead round the check above.
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`the frame at ${url.host} answered ${response.statusCode ?? 'nothing'}, wanted 200`);
    }
    return readLimited(response, url);
  }
}

function request(url: URL, signal: AbortSignal, lookup: LookupFunction | undefined): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    const options = { signal, headers: { accept: 'image/jpeg' }, ...(lookup && { lookup }) };
    get(url, options, resolve).on('error', (error) => {
      reject(signal.aborted ? new Error(`the frame at ${url.host} did not come within ${DEADLINE_MS} ms`) : error);
    });
  });
}

async function readLimited(response: IncomingMessage, url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // Leaving the loop ends the connection.
    if (sizeBytes > LIMIT_BYTES) throw new Error(`the frame at ${url.host} is larger than ${LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Resolves a name to open addresses only, for the very connection that uses them: a name that changes its mind gains nothing. */
const lookupOpen: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const open = addresses.filter(({ address }) => !isClosedAddress(address));
    const [first] = open;
    if (!first) return callback(new Error(`the frame at ${hostname} is not fetched: it leads to this machine or its link (see FRAME_HOSTS)`), '');
    if (options.all) callback(null, open);
    else callback(null, first.address, first.family);
  });
};
