import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { BadSecretFileError, type Clock } from '@vr/base';
import {
  CLOCK,
  CONFIG,
  ConfigError,
  Counter,
  Gauge,
  HealthRegistry,
  Registry,
  Shutdown,
  watchedGauge,
  type settings,
} from '@vr/service';
import type { z } from 'zod';
import { LocalStore } from './local-store';
import type { MinioAccess } from './minio-session';
import { MinioStore, type MinioStoreOptions } from './minio-store';
import { ObjectLinks } from './object-links';
import { OBJECT_STORE, type ObjectStoreAdapter, type UploadReport } from './object-store';
import { PrefixedStore } from './prefixed-store';

export type ObjectsConfig = z.output<z.ZodObject<typeof settings.objects>> & { NODE_ID?: string };

const LOOK_EVERY_MS = 30_000;

/** The object store of a worker: an S3 server where MINIO_ENDPOINT is set, or the folder OBJECTS_DIR. */
@Module({})
export class ObjectsModule {
  constructor(
    @Inject(OBJECT_STORE) store: ObjectStoreAdapter,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Registry) registry: Registry,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    watchedGauge(registry, shutdown, {
      name: 'object_store_up',
      help: '1 where the object store served at the last look (twice a minute), else 0.',
      labelNames: [],
      everyMs: LOOK_EVERY_MS,
      look: () =>
        store.check().then(
          () => [{ labels: {}, value: 1 }],
          () => [{ labels: {}, value: 0 }],
        ),
    });
    health.register('object store', async () => {
      await store.check();
      return { state: 'up', sentence: store.description };
    });
    shutdown.register('clients', 'object store', () => store.close());
  }

  static forRoot(): DynamicModule {
    return {
      module: ObjectsModule,
      global: true,
      providers: [
        {
          provide: ObjectLinks,
          inject: [CONFIG, CLOCK],
          useFactory: (config: ObjectsConfig, clock: Clock) =>
            new ObjectLinks(
              {
                objectsDir: config.OBJECTS_DIR,
                consoleUrl: config.CONSOLE_PUBLIC_URL,
                urlTtlSeconds: config.URL_TTL_SECONDS,
              },
              clock,
            ),
        },
        {
          provide: OBJECT_STORE,
          inject: [CONFIG, CLOCK, Registry, ObjectLinks],
          useFactory: createObjectStore,
        },
      ],
      exports: [OBJECT_STORE, ObjectLinks],
    };
  }
}

/** Ends the start only for a bad file, because another fault (a disk that is away) may pass. */
async function checkLinks(links: ObjectLinks): Promise<void> {
  await links.checkSecret().catch((error: unknown) => {
    if (error instanceof BadSecretFileError) throw new ConfigError([`OBJECTS_DIR: ${error.message}`]);
  });
}

async function createObjectStore(
  config: ObjectsConfig,
  clock: Clock,
  registry: Registry,
  links: ObjectLinks,
): Promise<ObjectStoreAdapter> {
  if (config.MINIO_ENDPOINT === undefined) await checkLinks(links);
  const uploadFailures = new Counter({
    name: 'minio_upload_failures_total',
    help: 'Uploads to the object store that failed after their own retries.',
    registers: [registry],
  });
  const lastUpload = new Gauge({
    name: 'object_store_last_verified_upload_timestamp_seconds',
    help: 'When the store was last found to hold what this worker had sent; 0 where it has sent nothing yet.',
    registers: [registry],
  });
  const uploads: UploadReport = {
    failed: () => uploadFailures.inc(),
    verified: () => lastUpload.set(clock.nowMs() / 1000),
  };
  const prefix = config.OBJECT_PREFIX === undefined ? '' : `${config.OBJECT_PREFIX}/`;
  const ofScope = (): MinioStoreOptions => ({
    ...minioAccess(config),
    urlMode: config.URL_MODE,
    urlTtlSeconds: config.URL_TTL_SECONDS,
    scope: { nodeId: config.NODE_ID ?? 'node1', prefix },
  });
  const store =
    config.MINIO_ENDPOINT === undefined
      ? new LocalStore(config.OBJECTS_DIR, links, uploads)
      : new MinioStore(ofScope(), clock, uploads);
  return prefix === '' ? store : new PrefixedStore(store, prefix);
}

/** Our access, and that of the receivers of URLs. All faults come at once, as with a worker's configuration. */
export function minioAccess(config: ObjectsConfig): { access: MinioAccess; publicAccess: MinioAccess } {
  const faults: string[] = [];
  const { MINIO_ENDPOINT: endpoint = '', MINIO_ACCESS_KEY: accessKey = '', MINIO_SECRET_KEY: secretKey = '' } = config;
  if (accessKey === '') faults.push('MINIO_ACCESS_KEY: wanted the access key of MINIO_ENDPOINT, got nothing');
  if (secretKey === '') faults.push('MINIO_SECRET_KEY: wanted the secret key of MINIO_ENDPOINT, got nothing');
  const keys = { accessKey, secretKey, region: config.MINIO_REGION };
  const own = readEndpoint(endpoint, config.MINIO_USE_SSL);
  const open = readEndpoint(config.MINIO_PUBLIC_ENDPOINT ?? endpoint, config.MINIO_USE_SSL);
  if (own === undefined) faults.push(`MINIO_ENDPOINT: wanted host:port, got "${endpoint}"`);
  if (open === undefined)
    faults.push('MINIO_PUBLIC_ENDPOINT: wanted host:port or http(s)://host:port without a path or credentials');
  if (config.MINIO_CA !== undefined && own?.useSsl === false)
    faults.push('MINIO_CA: wanted MINIO_USE_SSL=true with it: without TLS nobody is asked for a certificate');
  if (own === undefined || open === undefined || faults.length > 0) throw new ConfigError(faults);
  return { access: { ...own, ...keys, ca: config.MINIO_CA }, publicAccess: { ...open, ...keys } };
}

/** `host`, `host:port` or `http(s)://host:port`. */
function readEndpoint(
  text: string,
  useSslByDefault: boolean,
): Pick<MinioAccess, 'host' | 'port' | 'useSsl'> | undefined {
  const hasScheme = /^https?:\/\//.test(text);
  if (!hasScheme && text.includes('://')) return undefined;
  try {
    const { protocol, hostname, port, pathname, search, username, password } = new URL(
      hasScheme ? text : `${useSslByDefault ? 'https' : 'http'}://${text}`,
    );
    if (hostname === '' || pathname !== '/' || search !== '' || username !== '' || password !== '') return undefined;
    const useSsl = protocol === 'https:';
    return { host: hostname, port: port === '' ? (useSsl ? 443 : 80) : Number(port), useSsl };
  } catch {
    return undefined;
  }
}
