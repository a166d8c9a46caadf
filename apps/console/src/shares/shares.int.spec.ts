// A link that somebody without an account opens: what it shows, and when it stops.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, toSeconds } from '@vr/base';
import { TestStream } from '@vr/recorded';
import { ConsoleApp } from '../testing/console-app';

const START_MS = Date.UTC(2026, 10, 23, 2, 15);
const RANGE = { camera_id: 'cam_1', start: toSeconds(START_MS), end: toSeconds(START_MS + 4000) };
const DAY_MS = 86_400_000;

interface Made {
  share_id: string;
  url: string;
  works_outside: boolean;
  state: string;
}

describe('a share', () => {
  let console_: ConsoleApp;
  let aheadMs = 0;
  beforeAll(async () => {
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'cam_2'], users: true, clock });
    const stream = await TestStream.from(
      'color=c=blue:size=320x180:rate=25:duration=4|-c:v|libx264|-pix_fmt|yuv420p|-g|50|-sc_threshold|0|-bf|0'
        .split('|')
        .flatMap((word, index) => (index === 0 ? ['-f', 'lavfi', '-i', word] : [word])),
    );
    await stream.record(console_.recordingsDir, 'cam_1', START_MS, 0, 4);
  });
  afterAll(() => console_.stop());
  beforeEach(() => {
    aheadMs = 0;
  });

  const make = async (more: object = {}): Promise<Made> => {
    const answer = await console_.post('/api/shares', { ...RANGE, ...more });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Made;
  };
  /** Whoever has the link and nothing else. */
  const open = (url: string, headers: Record<string, string> = {}): Promise<Response> => {
    const { pathname, search } = new URL(url);
    return fetch(`${console_.url}${pathname}${search}`, { headers, redirect: 'manual' });
  };
  const audited = async (): Promise<string> => {
    const dir = join(console_.recordingsDir, '.audit');
    const texts = (await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8'));
    return (await Promise.all(texts)).join('');
  };
  const revoke = (id: string): Promise<Response> =>
    fetch(`${console_.url}/api/shares/${id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer open-sesame-1' },
    });

  it('shows its range on a page without scripts, in the language of the browser, to whoever has it', async () => {
    const { url } = await make();
    const page = await open(url, { 'accept-language': 'pt-BR,pt;q=0.9,en;q=0.5' });
    const text = await page.text();
    expect([page.status, page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual([
      200,
      'no-referrer',
      'private, no-store',
    ]);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; (?!.*unsafe)/);
    expect(text).toContain('lang="pt-BR"');
    expect(text).not.toContain('<script');
    expect(await (await open(url)).text()).toContain('lang="en"');
    const whole = await open(`${url}/clip.mp4`);
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect([whole.status, bytes.toString('latin1', 4, 8)]).toEqual([200, 'ftyp']);
    const part = await open(`${url}/clip.mp4`, { range: 'bytes=4-7' });
    expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
    const poster = await open(`${url}/poster.jpg`);
    expect([poster.status, poster.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  });

  it('opens nothing else, and a token that nobody made is 404', async () => {
    const { url } = await make();
    for (const path of ['/snapshot.jpg', '/clip.mp4/', '/../../api/cameras'])
      expect([path, (await open(`${url}${path}`)).status]).toEqual([path, 401]);
    for (const path of ['/s/x', '/s/x/clip.mp4', '/s/x/poster.jpg', `/s/${'A'.repeat(43)}`])
      expect([path, (await fetch(`${console_.url}${path}`)).status]).toEqual([path, 404]);
    expect((await fetch(`${console_.url}/api/shares`)).status).toBe(401);
  });

  it('is 410 from the moment that it is revoked, and when it has expired', async () => {
    const revoked = await make();
    const other = await make({ expires_at: toSeconds(systemClock.nowMs() + DAY_MS) });
    expect((await revoke(revoked.share_id)).status).toBe(204);
    for (const path of ['', '/clip.mp4', '/poster.jpg']) {
      expect([path, (await open(`${revoked.url}${path}`)).status]).toEqual([path, 410]);
      expect([path, (await open(`${other.url}${path}`)).status]).toEqual([path, 200]);
    }
    aheadMs = 2 * DAY_MS;
    for (const path of ['', '/clip.mp4', '/poster.jpg'])
      expect([path, (await open(`${other.url}${path}`)).status]).toEqual([path, 410]);
    expect((await revoke('nothing')).status).toBe(404);
  });

  it('is counted and audited, and only its hash is kept', async () => {
    const { share_id: id, url } = await make();
    const token = url.split('/s/')[1] ?? 'none';
    await open(url);
    await open(url);
    const listed = await (await console_.get('/api/shares')).text();
    const { shares } = JSON.parse(listed) as { shares: { share_id: string; opened: number }[] };
    expect(shares.find(({ share_id }) => share_id === id)).toMatchObject({ opened: 2, state: 'open' });
    expect(listed).not.toContain(token);
    const audit = await audited();
    expect(audit).toContain(`share_made","what":"${id} of cam_1`);
    expect(audit).toContain(`share ${id}`);
    expect(audit).not.toContain(token);
    const kept = await readFile(join(console_.folder.path, '.shares.json'), 'utf8');
    expect([kept.includes(id), kept.includes(token)]).toEqual([true, false]);
  });

  it.each([
    ['another camera', { camera_id: 'cam_9' }, 404],
    ['more than an hour', { end: RANGE.start + 3601 }, 400],
    ['an end that is over', { expires_at: 1_700_000_000 }, 400],
    ['an end too far', { expires_at: toSeconds(systemClock.nowMs() + 400 * DAY_MS) }, 400],
  ])('is not made for %s', async (_what, more, status) => {
    expect((await console_.post('/api/shares', { ...RANGE, ...more })).status).toBe(status);
  });
});
