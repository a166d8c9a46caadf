/** Links that need no account. */
import { answered, client, failed } from './client';
import type { components } from './schema';

export type Share = components['schemas']['Share'];

/** In seconds since the epoch. */
export interface SharedSpan {
  camera_id: string;
  start: number;
  end: number;
}

/** The answer's `url` is told this once. */
export async function makeShare(range: SharedSpan) {
  return answered(await client.POST('/api/shares', { body: range }));
}

export async function shares(): Promise<Share[]> {
  return answered(await client.GET('/api/shares')).shares;
}

export async function revokeShare(id: string): Promise<void> {
  const { error, response } = await client.DELETE('/api/shares/{id}', { params: { path: { id } } });
  if (!response.ok) throw failed(error, response);
}
