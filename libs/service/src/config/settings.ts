import { hostNameOf } from '@vr/base';
import { bucketName } from '@vr/contracts';
import { z } from 'zod';
import { authority } from './authority';
import { timeZone } from './time-zone';

const positive = z.coerce.number({ error: 'wanted a number' }).positive('wanted a number above 0');
const notNegative = z.coerce.number({ error: 'wanted a number' }).nonnegative('wanted 0 or more');
const wholeAboveZero = z.coerce
  .number({ error: 'wanted a number' })
  .int('wanted a whole number')
  .min(1, 'wanted 1 or more');
const percent = z.coerce.number({ error: 'wanted a number' }).min(1, 'wanted 1 to 100').max(100, 'wanted 1 to 100');
const port = z.coerce
  .number({ error: 'wanted a port' })
  .int()
  .min(0, 'wanted 0 to 65535')
  .max(65535, 'wanted 0 to 65535');
const bool = z
  .enum(['true', 'false', '1', '0'], { error: 'wanted true or false' })
  .transform((value) => value === 'true' || value === '1');
/** A prefix among our own subjects would let others take mere replies for messages of ours. */
const inboxPrefix = z
  .string()
  .regex(
    /^(?!seguranca(\.|$))[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,4}$/,
    'wanted words of letters, digits, _ and - with dots between, as in _INBOX.recorder',
  );
const objectPrefix = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\/[A-Za-z0-9][A-Za-z0-9_-]{0,63}){0,2}$/,
    'wanted a name of letters, digits, _ and -, as in jetson1',
  );
/** `host:9000`, without a scheme. */
const hostPort = z.string().regex(/^[A-Za-z0-9_.-]+(:\d{1,5})?$/, 'wanted host:port without http://');

/** A list with commas between the names. */
const hostNames = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .refine(
    (names) => names.every((name) => hostNameOf(name) !== undefined),
    'wanted host names by commas, as in "recorder.lan,cameras.example.org"',
  );

/** The building blocks of the settings schemas. */
export const setting = { positive, notNegative, percent, port, bool, hostPort, hostNames, authority };

/** The part of a disk that only recording may use. */
const marks = {
  DISK_HIGH_PERCENT: percent.default(90),
  DISK_MIN_FREE_GB: notNegative.default(0),
};

/** Settings by topic. Each worker's config.ts puts together those that it reads. The contract fixes their names. */
export const settings = {
  service: {
    NODE_ID: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,32}$/, 'wanted 1 to 32 letters, digits, _ or -')
      .default('node1'),
    HTTP_HOST: z.string().default('127.0.0.1'),
    /** Names with dots by which others ask a worker for its metrics and readiness. The console has its own list. */
    METRICS_ALLOWED_HOSTS: hostNames.default([]),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** For times that come without a zone, and for CLEANUP_CRON. Default: the machine's zone. */
    TZ: timeZone.optional(),
  },
  nats: {
    NATS_URL: z.string().default('nats://127.0.0.1:4222'),
    NATS_USER: z.string().optional(),
    NATS_PASS: z.string().optional(),
    NATS_TOKEN: z.string().optional(),
    NATS_CREDS: z.string().optional(),
    NATS_CA: authority.optional(),
    NATS_INBOX_PREFIX: inboxPrefix.optional(),
    /** Whether other nodes hear the same requests. Default: yes where NATS has a JetStream domain. */
    OTHER_NODES: bool.optional(),
  },
  redis: {
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\//, 'wanted redis://host:port')
      .default('redis://127.0.0.1:6379'),
    REDIS_CA: authority.optional(),
  },
  objects: {
    MINIO_ENDPOINT: hostPort.optional(),
    MINIO_PUBLIC_ENDPOINT: z.string().optional(),
    MINIO_ACCESS_KEY: z.string().optional(),
    MINIO_SECRET_KEY: z.string().optional(),
    MINIO_USE_SSL: bool.default(false),
    /** The certificate (PEM) of the authority that vouches for the server. */
    MINIO_CA: authority.optional(),
    MINIO_REGION: z.string().default('us-east-1'),
    /** A prefix of folders for keys, so that several nodes share one bucket. */
    OBJECT_PREFIX: objectPrefix.optional(),
    OBJECTS_DIR: z.string().default('/objects'),
    CLIPS_BUCKET: bucketName.default('clips'),
    SNAPSHOTS_BUCKET: bucketName.default('snapshots'),
    URL_TTL_SECONDS: z.coerce
      .number()
      .int()
      .min(1)
      .max(604_800, 'wanted at most 604800 (7 days, the most S3 signs)')
      .default(604_800),
    URL_MODE: z.enum(['presigned', 'plain']).default('presigned'),
    CONSOLE_PUBLIC_URL: z.url({ error: 'wanted http://host:port of the console' }).default('http://127.0.0.1:8080'),
    SNAPSHOT_RETENTION_DAYS: positive.default(30),
    CLIP_RETENTION_DAYS: positive.default(90),
  },
  folders: {
    RECORDINGS_DIR: z.string().default('/recordings'),
    SNAPSHOTS_DIR: z.string().default('/snapshots'),
    CLIPS_DIR: z.string().default('/clips'),
  },
  pictures: {
    /** The most ffmpeg processes at once that make pictures of footage. */
    DECODERS_MAX: z.coerce
      .number({ error: 'wanted a number' })
      .int('wanted a whole number')
      .min(1, 'wanted 1 to 64')
      .max(64, 'wanted 1 to 64')
      .default(2),
  },
  retention: {
    RETENTION_DAYS: positive.default(7),
    /** How long footage around events is kept, where that is longer. */
    EVENT_FOOTAGE_DAYS: positive.optional(),
    ...marks,
    DISK_LOW_PERCENT: percent.default(85),
    /** Default: .audit in RECORDINGS_DIR. */
    AUDIT_DIR: z.string().optional(),
    AUDIT_DAYS: positive.default(365),
    /** GB are 1e9 bytes. */
    AUDIT_MAX_GB: positive.default(4),
  },
  /**
   * Room that only the results of requests and events have. GB are 1e9 bytes. Default: a tenth of the disk that the
   * folder lies on.
   */
  budgets: {
    ...marks,
    CLIPS_MAX_GB: positive.optional(),
    SNAPSHOTS_MAX_GB: positive.optional(),
  },
  /** Limits on requests by hand. Events have no such limits: they wait. */
  requests: {
    /** For each subject and camera. All cameras together may have ten times as many. */
    REQUESTS_PER_MINUTE: wholeAboveZero.default(60),
    /** The most clips or snapshots of one camera that were asked for and are not made yet. */
    REQUESTS_WAITING_MAX: wholeAboveZero.default(50),
  },
  cameras: {
    CAMERAS_FILE: z.string().optional(),
  },
} as const;
