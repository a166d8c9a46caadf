/** What is asked for by hand over HTTP, and the workers' answers. */
import { z } from 'zod';
import { clipId } from '../clip-id';
import { clipRequestFields } from '../clips';
import { protection, protectRequestFields, unprotectRequestFields } from '../protection';
import { snapshotReady, snapshotRequestFields } from '../snapshots';

const assumed = { timestamp_assumed: z.literal(true).optional() };
const omitted = { camera_id: true } as const;

export const snapshotBody = z.object(snapshotRequestFields).omit({ ...omitted, event_id: true });
export const clipBody = z.object(clipRequestFields).omit(omitted);
export const protectBody = z.object(protectRequestFields).omit(omitted);
export const unprotectBody = z.object(unprotectRequestFields).omit({ protection_id: true });

export const snapshotAnswer = snapshotReady;
export const clipQueuedAnswer = z.object({ clip_id: clipId, queued: z.literal(true), ...assumed });
export const protectAnswer = z.object({ ...protection.shape, ...assumed });
export const unprotectAnswer = z.object({ ...protection.shape, removed: z.literal(true) });
