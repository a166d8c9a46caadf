import { bucketName } from '@vr/contracts';
import { z } from 'zod';
import { ConfigError, readEnvironment } from './environment';

describe('a fault of configuration', () => {
  const faultsOf = (shape: z.ZodRawShape, environment: Record<string, string>): readonly string[] => {
    try {
      readEnvironment(shape, environment);
      return [];
    } catch (error) {
      return error instanceof ConfigError ? error.faults : [String(error)];
    }
  };

  it('says once what came, whether its schema says so too or not', () => {
    const shape = { CLIPS_BUCKET: bucketName, MODE: z.enum(['a', 'b'], { error: 'wanted a or b' }) };
    expect(faultsOf(shape, { CLIPS_BUCKET: 'My', MODE: 'c' })).toEqual([
      expect.stringMatching(/^CLIPS_BUCKET: wanted a bucket by S3's rules: .*, no IP address, got "My"$/),
      'MODE: wanted a or b, got "c"',
    ]);
  });
});
