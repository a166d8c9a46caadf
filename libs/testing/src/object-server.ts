import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBinary } from './binaries';
import { temporaryFolder } from './folders';
import { freePort } from './ports';
import { startServer, type Server } from './server';

/** In the order in which they are taken where several are installed. */
const KINDS = ['minio', 'versitygw', 'radosgw'] as const;
export type ObjectServerKind = (typeof KINDS)[number];

/** What a server can do, where they differ. A test that needs it asks, and says in its name what it met. */
export interface ObjectServerAbilities {
  /** Expires objects by lifecycle rules. versitygw answers NotImplemented. */
  lifecycle: boolean;
  /** What somebody without a key hears about a bucket that does not exist. */
  anonymousStatus: 403 | 404;
  /** Gives back a key that holds a `+` as it was put. versitygw's lists show a space; no key of ours holds one. */
  plusInKeys: boolean;
}

const ABILITIES: Record<ObjectServerKind, ObjectServerAbilities> = {
  minio: { lifecycle: true, anonymousStatus: 403, plusInKeys: true },
  versitygw: { lifecycle: false, anonymousStatus: 404, plusInKeys: false },
  radosgw: { lifecycle: true, anonymousStatus: 404, plusInKeys: true },
};

export interface ObjectServer extends Server {
  /** 'host:port', as MINIO_ENDPOINT wants it */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  region: string;
  kind: ObjectServerKind;
  can: ObjectServerAbilities;
}

export interface ObjectServerOptions {
  port?: number;
  /** default: a temporary folder */
  dataDir?: string;
  /** default: what TEST_OBJECT_SERVER says, else the first that is installed of minio, versitygw, radosgw */
  kind?: ObjectServerKind;
}

const ACCESS = { accessKey: 'testaccesskey', secretKey: 'testsecretkey', region: 'us-east-1' };
const RADOSGW_SCRIPT = fileURLToPath(new URL('../objectserver/radosgw.sh', import.meta.url));

/** A real S3 server. */
export async function startObjectServer(options: ObjectServerOptions = {}): Promise<ObjectServer> {
  const kind = options.kind ?? (await installedObjectServer());
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? (await temporaryFolder('objects')).path;
  const server = await STARTERS[kind](await binaryOf(kind), port, dataDir);
  // Not a spread: the pid of a Server is read when asked for.
  return Object.assign(server, { endpoint: `127.0.0.1:${port}`, ...ACCESS, kind, can: ABILITIES[kind] });
}

/**
 * The kind that tests run on here, which is known before a server is started: it stands in the names of tests that
 * depend on it.
 */
async function installedObjectServer(): Promise<ObjectServerKind> {
  const wanted = process.env['TEST_OBJECT_SERVER'];
  if (wanted) {
    const kind = KINDS.find((known) => known === wanted);
    if (!kind) throw new Error(`TEST_OBJECT_SERVER: wanted one of ${KINDS.join(', ')}, got ${wanted}`);
    return kind;
  }
  for (const kind of KINDS) if (await findBinary(kind)) return kind;
  throw new Error(
    'no S3 server is installed: neither minio nor versitygw nor radosgw; ' +
      'npm test installs one (deploy/local/requirements.mjs)',
  );
}

export async function objectServerAbilities(): Promise<ObjectServerAbilities & { kind: ObjectServerKind }> {
  const kind = await installedObjectServer();
  return { kind, ...ABILITIES[kind] };
}

async function binaryOf(kind: ObjectServerKind): Promise<string> {
  const path = await findBinary(kind);
  if (!path) throw new Error(`${kind} is not installed`);
  return path;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
  await response.arrayBuffer();
  return response.ok;
}

function startMinio(command: string, port: number, dataDir: string): Promise<Server> {
  return startServer({
    name: 'minio',
    url: `http://127.0.0.1:${port}`,
    port,
    command,
    arguments: ['server', '--address', `127.0.0.1:${port}`, dataDir],
    environment: {
      MINIO_ROOT_USER: ACCESS.accessKey,
      MINIO_ROOT_PASSWORD: ACCESS.secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      CI: '1',
    },
    isReady: (output) => output.includes('API:') && answers(`http://127.0.0.1:${port}/minio/health/cluster`),
    readyWithinMs: 30_000,
  });
}

async function startVersitygw(command: string, port: number, dataDir: string): Promise<Server> {
  for (const folder of ['metadata', 'objects']) await mkdir(join(dataDir, folder), { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  return startServer({
    name: 'versitygw',
    url,
    port,
    command,
    // Metadata beside the objects and not in extended attributes: a tmpfs of an older kernel takes none.
    arguments: [
      ...['--port', `127.0.0.1:${port}`, '--region', ACCESS.region, '--health', '/health', '--quiet'],
      ...['posix', '--sidecar', join(dataDir, 'metadata'), join(dataDir, 'objects')],
    ],
    environment: { ROOT_ACCESS_KEY: ACCESS.accessKey, ROOT_SECRET_KEY: ACCESS.secretKey },
    isReady: () => answers(`${url}/health`),
    readyWithinMs: 30_000,
  });
}

async function startRadosgw(_command: string, port: number, dataDir: string): Promise<Server> {
  return startServer({
    name: 'radosgw',
    url: `http://127.0.0.1:${port}`,
    port,
    command: '/bin/bash',
    arguments: [RADOSGW_SCRIPT, dataDir, `${port}`, `${await freePort()}`],
    environment: { ACCESS_KEY: ACCESS.accessKey, SECRET_KEY: ACCESS.secretKey },
    isReady: (output) => output.includes('the S3 server is ready'),
    readyWithinMs: 90_000,
  });
}

const STARTERS: Record<ObjectServerKind, (command: string, port: number, dataDir: string) => Promise<Server>> = {
  minio: startMinio,
  versitygw: startVersitygw,
  radosgw: startRadosgw,
};
