import { BEARER, ConsoleProcess, TOKEN, type Ask } from '../testing/console-process';

describe('what a console with a token says of itself and of refusals', () => {
  let console_: ConsoleProcess;
  beforeAll(async () => {
    console_ = await ConsoleProcess.start({ CONSOLE_API_TOKEN: TOKEN });
  });
  afterAll(() => console_.stop());

  it('says by its code whether a token is missing, or no token would help', async () => {
    const codeOf = async (path: string, ask: Ask): Promise<[number, unknown]> => {
      const { status: given, body } = await console_.ask(path, ask);
      return [given, (JSON.parse(body) as { error: { code: unknown } }).error.code];
    };
    expect(await codeOf('/api/cameras', {})).toEqual([401, 'unauthorized']);
    expect(await codeOf('/api/cameras', { headers: { authorization: 'Bearer wrong' } })).toEqual([401, 'unauthorized']);
    expect(await codeOf('/api/cameras', { headers: { ...BEARER, host: 'evil.example' } })).toEqual([403, 'forbidden']);
    const foreignPost = { method: 'POST', headers: { ...BEARER, origin: 'http://evil.example' } };
    expect(await codeOf('/api/cameras/cam_1/snapshot', foreignPost)).toEqual([403, 'forbidden']);
    expect(await codeOf('/objects/clips/cam_1/x.mp4?expires=1&signature=x', {})).toEqual([403, 'forbidden']);
    expect(await codeOf('/api/nothing', { headers: BEARER })).toEqual([404, 'not_found']);
  });

  it('does not say what it is made of, nor do the pages of the queues', async () => {
    for (const path of ['/', '/api/cameras', '/queues/', '/queues/nothing', '/queues/api/queues', '/health/live']) {
      expect([path, (await console_.ask(path, { headers: BEARER })).headers]).toEqual([
        path,
        expect.not.objectContaining({ 'x-powered-by': expect.anything() as unknown }),
      ]);
    }
  });
});
