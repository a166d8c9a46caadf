import createClient from 'openapi-fetch';
import { csrfGuard } from './csrf-guard';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Camera = Schemas['Camera'];
export type RecordedEvent = Schemas['Event'];
export type Export = Schemas['Export'];
export type Health = Schemas['Health'];
export type CameraTest = Schemas['CameraTest'];
export type User = Awaited<ReturnType<typeof users>>[number];

export const client = createClient<paths>();
client.use(csrfGuard(async () => (await session()).csrf));

interface Outcome<T> {
  data?: T;
  error?: Schemas['Error'];
  response: Response;
}

/** @throws Error with the console's own sentence. Who is signed out goes to the sign-in page. */
export function answered<T>({ data, error, response }: Outcome<T>): T {
  if (response.status === 401) location.assign('/login.html');
  if (data === undefined) throw failed(error, response);
  return data;
}

export function failed(error: Schemas['Error'] | undefined, response: Response): Error {
  return new Error(error?.error.message ?? `HTTP ${response.status}`);
}

export async function cameras(): Promise<Camera[]> {
  return answered(await client.GET('/api/cameras')).cameras;
}

/** Which events are wanted. Instants are in seconds; what is absent is not asked for. */
export interface EventFilter {
  camera?: string | undefined;
  type?: string | undefined;
  start?: number | undefined;
  end?: number | undefined;
  before?: number | undefined;
}

export async function events(wanted: EventFilter): Promise<{ events: RecordedEvent[]; next_before?: number }> {
  return answered(await client.GET('/api/events', { params: { query: { limit: 24, ...wanted } } }));
}

/** The clip's object, files and record go, for every event that shares it. */
export async function deleteClip(id: string): Promise<void> {
  answered(await client.DELETE('/api/clips/{id}', { params: { path: { id } } }));
}

export async function exports(): Promise<Export[]> {
  return answered(await client.GET('/api/exports')).exports;
}

/** @param range in seconds since the epoch */
export async function makeExport(range: { camera_id: string; start: number; end: number }): Promise<Export> {
  return answered(await client.POST('/api/exports', { body: range }));
}

/** Cancels an export that is being made, and deletes one that is made. */
export async function removeExport(id: string): Promise<void> {
  answered(await client.DELETE('/api/exports/{id}', { params: { path: { id } } }));
}

export function exportPath(id: string): string {
  return `/api/exports/${encodeURIComponent(id)}/file?download`;
}

export async function health(): Promise<Health> {
  return answered(await client.GET('/api/health'));
}

/** Who looks at the pages, and what he may do. */
export async function session() {
  return answered(await client.GET('/api/session'));
}

export async function signOut(): Promise<void> {
  const { response } = await client.DELETE('/api/session');
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
}

export async function users() {
  return answered(await client.GET('/api/users')).users;
}

/** Makes a user, or changes the one of this name. */
export async function putUser(user: User & { password: string }): Promise<void> {
  answered(await client.POST('/api/users', { body: user }));
}

export async function deleteUser(name: string): Promise<void> {
  const { error, response } = await client.DELETE('/api/users/{name}', { params: { path: { name } } });
  if (!response.ok) throw failed(error, response);
}

export async function testCamera(id: string): Promise<CameraTest> {
  return answered(await client.POST('/api/cameras/{id}/test', { params: { path: { id } } }));
}

export async function testCameraUrl(asked: { url: string; transport: 'tcp' | 'udp' }): Promise<CameraTest> {
  return answered(await client.POST('/api/camera-test', { body: asked }));
}

export async function storage(): Promise<Schemas['Storage']> {
  return answered(await client.GET('/api/storage'));
}

/** The picture of the camera's footage at an instant, or of the key frame before it. */
export function stillPath(cameraId: string, atSeconds: number): string {
  return `/api/cameras/${encodeURIComponent(cameraId)}/snapshot.jpg?size=small&at=${atSeconds}`;
}
