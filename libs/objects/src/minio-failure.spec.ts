import { knownSecrets } from '@vr/base';
import { isPassing, toStorageError, VerificationError } from './minio-failure';
import { decodeMetadata, encodeMetadata } from './metadata-text';
import { minioAccess, type ObjectsConfig } from './objects.module';

const at = { what: 'upload of clips/a.mp4', endpoint: 'minio:9000', bucket: 'clips' };
for (const secret of ['s3cr3t', 'AKEY']) knownSecrets.add(secret);
const failure = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

describe('a failure of the object store', () => {
  it.each([
    [failure('ECONNREFUSED'), 'cannot be reached (ECONNREFUSED). Check that it runs, and MINIO_ENDPOINT', true],
    [failure('SignatureDoesNotMatch'), 'Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY', false],
    [failure('NoSuchBucket'), 'has no bucket "clips"', false],
    [failure('RequestTimeTooSkewed'), "Set this machine's clock", false],
    [failure('XMinioStorageFull'), 'is full', false],
    [failure('ECONNRESET'), 'broke the connection', true],
    [new Error('Request failed after 0 retries: Error: Retryable HTTP status: 503'), 'is not ready', true],
    [new VerificationError('other bytes'), 'holds something else', true],
    [failure('Odd', 'said so'), 'failed: Odd said so', false],
  ])('%s', (error, sentence, passing) => {
    expect(toStorageError(error, at).message).toContain(sentence);
    expect(isPassing(error)).toBe(passing);
  });

  it('never shows a secret', () => {
    const { message, cause } = toStorageError(failure('Odd', 'key AKEY with s3cr3t at http://u:p@h/'), at);
    expect(message + String(cause)).not.toMatch(/AKEY|s3cr3t|:p@/);
  });
});

describe('metadata in headers', () => {
  it.each(['2026-11-23T02:15:00.123Z', 'portão', ' blanks ', '100%', 'a\nb', '\u{1f600}', '', '%41'])(
    'comes back as it was: %j',
    (value) => {
      expect(encodeMetadata(value)).toMatch(/^[\x21-\x7e]*$/);
      expect(decodeMetadata(encodeMetadata(value))).toBe(value);
    },
  );
  it('leaves plain values as they are', () => {
    expect(encodeMetadata('2026-11-23T02:15:00.123Z')).toBe('2026-11-23T02:15:00.123Z');
  });
});

describe('minioAccess', () => {
  const config = {
    MINIO_ENDPOINT: 'minio:9000',
    MINIO_ACCESS_KEY: 'a',
    MINIO_SECRET_KEY: 's',
    MINIO_REGION: 'us-east-1',
    MINIO_USE_SSL: false,
  } as ObjectsConfig;

  it.each([
    [undefined, 'minio', 9000, false],
    ['10.0.0.5:9001', '10.0.0.5', 9001, false],
    ['https://videos.example.org', 'videos.example.org', 443, true],
    ['http://videos.example.org:81/', 'videos.example.org', 81, false],
  ])('reads MINIO_PUBLIC_ENDPOINT=%s', (MINIO_PUBLIC_ENDPOINT, host, port, useSsl) => {
    expect(minioAccess({ ...config, MINIO_PUBLIC_ENDPOINT }).publicAccess).toMatchObject({ host, port, useSsl });
  });

  it('tells every fault at once', () => {
    expect(() =>
      minioAccess({ ...config, MINIO_ACCESS_KEY: undefined, MINIO_PUBLIC_ENDPOINT: 'ftp://u:p@h/x' }),
    ).toThrow(/2 faults[^]*MINIO_ACCESS_KEY[^]*MINIO_PUBLIC_ENDPOINT/);
  });
});
