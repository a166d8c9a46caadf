import { fileURLToPath } from 'node:url';
import { findBinary } from './binaries';
import { temporaryFolder } from './folders';
import { freePort } from './ports';
import { startServer, type Server } from './server';

export interface ObjectServer extends Server {
  /** 'host:port', as MINIO_ENDPOINT wants it */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  region: string;
  kind: 'minio' | 'radosgw';
}

export interface ObjectServerOptions {
  port?: number;
  /** default: a temporary folder */
  dataDir?: string;
  /** default: MinIO where its binary is installed, else radosgw (Ceph's S3 server, in Debian) */
  kind?: 'minio' | 'radosgw';
}

const ACCESS = { accessKey: 'testaccesskey', secretKey: 'testsecretkey', region: 'us-east-1' };
const RADOSGW_SCRIPT = fileURLToPath(new URL('../objectserver/radosgw.sh', import.meta.url));

/** A real S3 server. */
export async function startObjectServer(options: ObjectServerOptions = {}): Promise<ObjectServer> {
  const minio = options.kind === 'radosgw' ? undefined : await findBinary('minio');
  if (options.kind === 'minio' && !minio) throw new Error('minio is not installed: go install github.com/minio/minio@latest');
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? (await temporaryFolder('objects')).path;
  const server = minio ? await startMinio(minio, port, dataDir) : await startRadosgw(port, dataDir);
  // Not a spread: the pid of a Server is read when asked for.
  return Object.assign(server, { endpoint: `127.0.0.1:${port}`, ...ACCESS, kind: minio ? ('minio' as const) : ('radosgw' as const) });
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
    environment: { MINIO_ROOT_USER: ACCESS.accessKey, MINIO_ROOT_PASSWORD: ACCESS.secretKey, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off', CI: '1' },
    isReady: (output) => output.includes('API:') && answers(`http://127.0.0.1:${port}/minio/health/cluster`),
    readyWithinMs: 30_000,
  });
}

async function startRadosgw(port: number, dataDir: string): Promise<Server> {
  if (!(await findBinary('radosgw'))) throw new Error('no S3 server is installed: neither minio nor radosgw; npm test installs one (deploy/local/install.mjs)');
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
