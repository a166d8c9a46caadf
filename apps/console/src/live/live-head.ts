/** The head of a binary message of `/api/live` (docs/contract.md, Live). */
import { LIVE_FLAGS, LIVE_HEAD_BYTES, LIVE_KINDS, type LiveKind } from '@vr/contracts';

export interface LiveHead {
  kind: LiveKind;
  /** Of the watch. */
  id: number;
  startMs: number;
  durationMs?: number;
  key?: boolean;
  skipped?: boolean;
}

export function liveHead({ kind, id, startMs, durationMs = 0, key = false, skipped = false }: LiveHead): Buffer {
  const head = Buffer.alloc(LIVE_HEAD_BYTES);
  head.writeUInt8(LIVE_KINDS[kind], 0);
  head.writeUInt8((key ? LIVE_FLAGS.key : 0) | (skipped ? LIVE_FLAGS.skipped : 0), 1);
  head.writeUInt16BE(id, 2);
  head.writeDoubleBE(startMs, 4);
  head.writeDoubleBE(durationMs, 12);
  return head;
}
