import { spawnWorker, startWorker } from '@vr/testing';
import { BEARER, ConsoleProcess, signInForm, STILL, TOKEN, type Ask } from '../testing/console-process';

describe('a console with a token', () => {
  let it_: ConsoleProcess;
  beforeAll(async () => {
    it_ = await ConsoleProcess.start({
      CONSOLE_API_TOKEN: TOKEN,
      CONSOLE_ALLOWED_HOSTS: 'recorder.lan',
      CONSOLE_PUBLIC_URL: 'https://cameras.example.org',
    });
  });
  afterAll(() => it_.stop());
  const status = async (path: string, ask: Ask = {}): Promise<number> => (await it_.ask(path, ask)).status;

  it('tells nothing without it but that it lives: neither metrics nor readiness', async () => {
    expect(await it_.ask('/health/live')).toMatchObject({ status: 200, body: '{"live":true}' });
    for (const path of [
      '/health/ready',
      '/metrics',
      '/queues/',
      '/queues/static/favicon.ico',
      '/api/cameras',
      '/api/nothing',
      '/app.js',
      '/vendor/hls.min.js',
      '/index.html',
      '/nothing',
    ]) {
      expect([path, await status(path)]).toEqual([path, 401]);
      expect([path, (await it_.ask(path, { headers: { accept: 'text/html' } })).headers.location]).toEqual([
        path,
        '/login.html',
      ]);
    }
    expect(await status('/metrics', { headers: BEARER })).toBe(200);
    expect(JSON.parse((await it_.ask('/health/ready', { headers: BEARER })).body)).toHaveProperty(
      'dependencies.nats.state',
      'down',
    );
  });

  it.each([
    ...[
      '/HEALTH/LIVE/../ready',
      '/health/live/../ready',
      '/health/live/..%2fready',
      '/health//ready',
      '//health/ready',
      '/Health/Ready',
      '/health/ready/',
      '/health/live/',
      '/health/live%00',
      '/Metrics',
      '/METRICS/',
    ],
    ...[
      '/login.html/../api/cameras',
      '/login/../api/cameras',
      '/style.css/../app.js',
      '/icon.svg/..%2fapp.js',
      '/style.css%2f..%2fapp.js',
      '/./api/cameras',
      '/api/../api/cameras',
      '/;/api/cameras',
      '/api;x/cameras',
      '/API/CAMERAS',
    ],
    ...[
      '/queues',
      '/QUEUES/',
      '/queues/api/queues',
      '//queues/api/queues',
      '/login.html%2f..%2f..%2fapi%2fcameras',
      '/\\api/cameras',
      '/api/cameras?token=open-sesame-1',
      '/api/cameras#/health/live',
      '/?/health/live',
      'http://127.0.0.1/api/cameras',
      'http://evil.example/api/cameras',
    ],
  ])('is not talked round by %s', async (path) => {
    const { status: code, body } = await it_.ask(path);
    expect([401, 403, 404]).toContain(code);
    expect(body).not.toMatch(/cam_1|dependencies|process_cpu|export async function/);
  });

  it.each<[string, Ask]>([
    ['another method', { method: 'POST' }],
    ['a method that nobody knows', { method: 'PROPFIND' }],
    ['a method in a header', { method: 'POST', headers: { 'x-http-method-override': 'GET' } }],
    ['a path in a header', { headers: { 'x-original-url': '/health/live', 'x-rewrite-url': '/health/live' } }],
    [
      'an address in a header',
      { headers: { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1' } },
    ],
    ['another scheme', { headers: { authorization: `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}` } }],
    ['the token without a scheme', { headers: { authorization: TOKEN } }],
    ['an empty token', { headers: { authorization: 'Bearer ' } }],
    ['the token in the cookie', { headers: { cookie: `console_session=${TOKEN}` } }],
    ['a cookie of its own making', { headers: { cookie: `console_session=99999999999.${'A'.repeat(43)}` } }],
  ])('is not talked round by %s', async (_, ask) => expect(await status('/api/cameras', ask)).toBe(401));

  it('signs a browser in, with a cookie that no script reads, and says where a token is wrong', async () => {
    expect((await it_.ask('/login.html')).body).not.toContain('wrong');
    const wrong = await it_.ask('/login', signInForm('not-the-token'));
    expect([wrong.status, wrong.headers.location, wrong.headers['set-cookie']]).toEqual([
      303,
      '/login.html?wrong',
      undefined,
    ]);
    expect((await it_.ask('/login.html?wrong')).body).toContain(
      '<p class="wrong" role="alert">This token is wrong.</p>',
    );
    const right = await it_.ask('/login', signInForm(TOKEN));
    const cookie = right.headers['set-cookie']?.[0] ?? '';
    expect([right.status, right.headers.location]).toEqual([303, '/']);
    expect(cookie).toMatch(/^console_session=\d+\.[\w-]{43}; .*HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const session = { headers: { cookie: cookie.split(';')[0] ?? '' } };
    expect([await status('/api/cameras', session), await status('/', session)]).toEqual([200, 200]);
    expect([await status('/login', { method: 'POST' }), await status('/login', signInForm('x'.repeat(5000)))]).toEqual([
      303, 413,
    ]);
  });

  it('answers to its own names alone, whoever asks', async () => {
    for (const host of [
      'recorder.lan',
      'recorder.lan:8080',
      'RECORDER.LAN.',
      'cameras.example.org',
      'localhost',
      '127.0.0.1:1',
      '[::1]',
    ])
      expect([host, await status('/api/cameras', { headers: { ...BEARER, host } })]).toEqual([host, 200]);
    for (const host of [
      'evil.example',
      'recorder.lan.evil.example',
      '127.0.0.1.evil.example',
      '192.0.2.1',
      '0.0.0.0',
      'recorder.lan@evil.example',
      'recorder.lan, evil.example',
    ]) {
      expect([host, await status('/api/cameras', { headers: { ...BEARER, host } })]).toEqual([host, 403]);
      expect([host, await status('/login.html', { headers: { host } })]).toEqual([host, 403]);
    }
    for (const noName of ['GET /login.html HTTP/1.1\r\nHost:\r\n', 'GET /login.html HTTP/1.0\r\n'])
      expect(await it_.raw(`${noName}Connection: close\r\n\r\n`)).toContain('403 Forbidden');
    expect(await status('/health/live', { headers: { host: '10.1.2.3:8080' } })).toBe(200);
    expect((await it_.ask('/', { headers: { host: 'jetson.local' } })).body).toContain(
      'The console is not known as \\"jetson.local\\". If this name is right, add it to CONSOLE_ALLOWED_HOSTS',
    );
    // A proxy's header counts for nothing where no proxy is trusted.
    expect(
      await status('/api/cameras', {
        headers: { ...BEARER, host: 'evil.example', 'x-forwarded-host': 'recorder.lan' },
      }),
    ).toBe(403);
  });

  it('lets nobody else’s page in, with the token of the browser that it runs in', async () => {
    const cookie = ((await it_.ask('/login', signInForm(TOKEN))).headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    const from = (headers: Record<string, string>, method = 'GET', path = STILL): Promise<number> =>
      status(path, { method, headers: { cookie, ...headers } });
    const fetchSite = (site: string, mode = 'no-cors', dest = 'image') => ({
      'sec-fetch-site': site,
      'sec-fetch-mode': mode,
      'sec-fetch-dest': dest,
    });
    const none = 404; // of a camera without footage: it was let in
    expect([
      await from(fetchSite('same-origin')),
      await from(fetchSite('none', 'navigate', 'document')),
      await from({}),
    ]).toEqual([none, none, none]);
    expect(await from(fetchSite('cross-site', 'navigate', 'document'))).toBe(none);
    for (const headers of [
      fetchSite('cross-site'),
      fetchSite('same-site'),
      fetchSite('cross-site', 'navigate', 'iframe'),
      { origin: 'http://evil.example' },
      { origin: 'null' },
    ])
      expect(await from(headers)).toBe(403);
    for (const headers of [
      fetchSite('cross-site', 'navigate', 'document'),
      { origin: 'http://evil.lan' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${it_.port + 1}` },
    ])
      expect(await from(headers, 'POST', '/api/cameras/cam_1/snapshot')).toBe(403);
    for (const origin of ['http://evil.example', 'null', undefined])
      expect(
        (await it_.ask('/api/cameras', { headers: { ...BEARER, ...(origin && { origin }) } })).headers,
      ).not.toHaveProperty('access-control-allow-origin');
    expect(
      (await it_.ask('/login', signInForm(TOKEN, { origin: 'http://evil.lan' }))).headers['set-cookie'],
    ).toBeUndefined();
  });

  it('takes what its own page sends, by any of its names', async () => {
    const post = (headers: Record<string, string>): Promise<number> => status('/login', signInForm(TOKEN, headers));
    const own = `127.0.0.1:${it_.port}`;
    expect([
      await post({ origin: `http://${own}` }),
      await post({ host: 'recorder.lan', origin: 'http://recorder.lan' }),
    ]).toEqual([303, 303]);
    expect([
      await post({ host: 'recorder.lan:80', origin: 'http://recorder.lan' }),
      await post({ host: 'cameras.example.org', origin: 'https://cameras.example.org' }),
    ]).toEqual([303, 303]);
  });

  it('tells browsers, with every answer, to show nothing of it in other sites', async () => {
    for (const [path, ask] of [
      ['/', { headers: BEARER }],
      ['/', {}],
      ['/login.html', {}],
      ['/metrics', { headers: BEARER }],
      [STILL, { headers: BEARER }],
      ['/queues/', { headers: { ...BEARER, host: 'evil.example' } }],
    ] as const) {
      const { headers } = await it_.ask(path, ask);
      expect(headers).toMatchObject({
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('a console without a token', () => {
  let it_: ConsoleProcess;
  beforeAll(async () => {
    it_ = await ConsoleProcess.start();
  });
  afterAll(() => it_.stop());
  const status = async (path: string, ask: Ask = {}): Promise<number> => (await it_.ask(path, ask)).status;

  it('is open to this machine’s programs and to its own page, and to no page of another name', async () => {
    for (const path of ['/', '/api/cameras', '/metrics', '/health/live']) expect(await status(path)).toBe(200);
    for (const path of ['/', '/api/cameras', '/metrics', STILL])
      expect(await status(path, { headers: { host: 'evil.example' } })).toBe(403);
    const post = (headers: Record<string, string>): Promise<number> =>
      status('/api/cameras/cam_1/snapshot', { method: 'POST', headers });
    const own = `http://127.0.0.1:${it_.port}`;
    const letIn = await post({}); // by a program; there is no NATS to ask
    expect(letIn).toBeGreaterThanOrEqual(500);
    expect([await post({ origin: own }), await post({ origin: own, 'sec-fetch-site': 'same-origin' })]).toEqual([
      letIn,
      letIn,
    ]);
    const foreign: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) expect(await post(headers)).toBe(403);
    expect(
      await status(STILL, {
        headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      }),
    ).toBe(403);
  });
});

describe('where the console may stand without a token', () => {
  const servers = { NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' };

  it('is not beyond loopback: it ends with 78, says why, and has connected to nothing', async () => {
    const worker = await spawnWorker('console', { ...servers, HTTP_HOST: '0.0.0.0' });
    expect((await worker.exited).code).toBe(78);
    const said = worker.logs.join('\n');
    expect(said).toContain(
      'wanted a token of at least 8 characters, because with HTTP_HOST "0.0.0.0" other machines reach the console',
    );
    expect(said).not.toContain('no connection to');
  });

  it('is in a container that only a loopback port leads to', async () => {
    const worker = await startWorker('console', { ...servers, HTTP_HOST: '0.0.0.0', CONSOLE_OPEN: 'true' });
    expect((await fetch(`${worker.httpUrl}/api/cameras`)).status).toBe(200);
    await worker.stop();
  });
});
