import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Camera = Schemas['Camera'];
export type RecordedEvent = Schemas['Event'];

const client = createClient<paths>();

interface Outcome<T> {
  data?: T;
  error?: Schemas['Error'];
  response: Response;
}

/** @throws Error with the console's own sentence. Who is signed out goes to the sign-in page. */
function answered<T>({ data, error, response }: Outcome<T>): T {
  if (response.status === 401) location.assign('/login.html');
  if (data === undefined) throw new Error(error?.error.message ?? `HTTP ${response.status}`);
  return data;
}

export async function cameras(): Promise<Camera[]> {
  return answered(await client.GET('/api/cameras')).cameras;
}

export async function events(before: number | undefined): Promise<{ events: RecordedEvent[]; next_before?: number }> {
  return answered(await client.GET('/api/events', { params: { query: { limit: 24, before } } }));
}

export async function storage(): Promise<Schemas['Storage']> {
  return answered(await client.GET('/api/storage'));
}

/** The picture of the camera's footage at an instant, or of the key frame before it. */
export function stillPath(cameraId: string, atSeconds: number): string {
  return `/api/cameras/${encodeURIComponent(cameraId)}/snapshot.jpg?size=small&at=${atSeconds}`;
}
