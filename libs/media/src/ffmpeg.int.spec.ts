import { runFfmpeg } from './ffmpeg';

describe('runFfmpeg', () => {
  it('ends a program that is late', async () => {
    const endless = ['-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-'];
    await expect(runFfmpeg(endless, { deadlineMs: 300 })).rejects.toMatchObject({ fault: 'late' });
  });
});
