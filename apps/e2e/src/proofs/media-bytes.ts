// How much of a file is media. It has a walker over boxes of its own, because libs/footage is what is measured.
import { open, type FileHandle } from 'node:fs/promises';

const HEADER_BYTES = 16;

/** Payload of all `mdat` boxes (ISO/IEC 14496-12, 8.1.1) that lie whole in the file, and one past the last of them. */
export async function mediaBytesOf(path: string): Promise<{ mediaBytes: number; wholeEnd: number }> {
  const file = await open(path, 'r');
  try {
    return await walk(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function walk(file: FileHandle, fileBytes: number): Promise<{ mediaBytes: number; wholeEnd: number }> {
  const header = Buffer.alloc(HEADER_BYTES);
  let [mediaBytes, wholeEnd, at] = [0, 0, 0];
  while (at + 8 <= fileBytes) {
    await file.read(header, 0, HEADER_BYTES, at);
    const size32 = header.readUInt32BE(0);
    const sizeBytes = size32 === 1 ? Number(header.readBigUInt64BE(8)) : size32;
    if (sizeBytes < 8 || at + sizeBytes > fileBytes) break;
    at += sizeBytes;
    if (header.toString('latin1', 4, 8) !== 'mdat') continue;
    mediaBytes += sizeBytes - (size32 === 1 ? 16 : 8);
    wholeEnd = at;
  }
  return { mediaBytes, wholeEnd };
}
