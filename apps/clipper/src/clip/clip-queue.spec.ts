import { jobIdOf } from './clip-queue';

describe('the job of a clip', () => {
  it('has an id that BullMQ takes, whatever the identity holds', () => {
    expect(jobIdOf('id:cam_1:a:b/ç')).toMatch(/^[0-9a-f]{32}$/);
    expect(jobIdOf('id:cam_1:1')).not.toBe(jobIdOf('id:cam_1:2'));
  });
});
