// What keeps the workers of `npm start` alive: a worker that is killed is started again at once.
import { jest } from '@jest/globals';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { Supervised } from '../../../../deploy/local/supervisor.mjs';

describe('a child of npm start that is killed', () => {
  let folder: TemporaryFolder;
  let child: Supervised;
  let said = '';
  beforeAll(async () => {
    folder = await temporaryFolder('supervisor');
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    child = new Supervised({
      name: 'child',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      data: folder.path,
    });
  });
  afterAll(async () => {
    await child.stop(1000);
    jest.restoreAllMocks();
    await folder.remove();
  });

  async function killed(): Promise<string> {
    const { pid } = child;
    if (pid === undefined) throw new Error('wanted a child that runs');
    said = '';
    process.kill(pid, 'SIGKILL');
    await until(() => child.pid !== undefined && child.pid !== pid, { what: 'the next child', deadlineMs: 20_000 });
    return said;
  }

  it('comes back at once, and later each time that it dies again soon', async () => {
    expect(await killed()).toBe('child        ended by SIGKILL; started again at once\n');
    expect(await killed()).toBe('child        ended by SIGKILL; started again in 1 s\n');
    expect(await killed()).toBe('child        ended by SIGKILL; started again in 2 s\n');
  });
});
