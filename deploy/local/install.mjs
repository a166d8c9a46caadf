// What `npm start` and `npm test` need on this machine, and how it gets there. All there: a look of a few hundred
// milliseconds. With root on Debian or Ubuntu what is missing is installed; elsewhere the exact commands are told and
// nothing is touched. Runs before anything is installed, so it imports nothing but Node.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { say } from './logs.mjs';
import { demoCameraCount, isSet, ROOT, StartError } from './settings.mjs';

const OLDEST_NODE = [20, 19];
const GSTREAMER_PACKAGES = [
  'python3-gi',
  'gir1.2-gst-rtsp-server-1.0',
  'gstreamer1.0-rtsp',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
];
const FONTS = [
  '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
  '/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf',
  '/System/Library/Fonts/Menlo.ttc',
];
/**
 * An S3 server in one binary that Go builds in a minute; MinIO's own takes two and a half, on a busy machine more than
 * eight.
 */
const VERSITYGW_SOURCE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

/**
 * `wanted`: for which command, and where the environment does not already bring it. `service`: the system service that
 * Debian starts with the package, and that we do not want: our servers are our own, on free ports.
 */
const REQUIREMENTS = [
  {
    name: 'ffmpeg',
    apt: ['ffmpeg'],
    brew: ['ffmpeg'],
    wanted: () => true,
    isThere: () => findBinary('ffmpeg') && findBinary('ffprobe'),
  },
  {
    name: 'redis-server',
    apt: ['redis-server'],
    brew: ['redis'],
    service: 'redis-server',
    wanted: (purpose) => purpose === 'test' || !isSet('REDIS_URL'),
    isThere: () => findBinary('redis-server'),
  },
  {
    name: 'nats-server',
    apt: ['nats-server'],
    brew: ['nats-server'],
    service: 'nats-server',
    wanted: (purpose) => purpose === 'test' || !isSet('NATS_URL'),
    isThere: () => findBinary('nats-server'),
  },
  {
    name: 'the camera simulator (gst-rtsp-server for Python)',
    apt: GSTREAMER_PACKAGES,
    brew: ['gstreamer', 'pygobject3'],
    wanted: showsCameras,
    isThere: hasGstreamer,
  },
  {
    name: 'a font for the cameras’ clocks',
    apt: ['fonts-dejavu-core'],
    brew: [],
    wanted: showsCameras,
    isThere: () => FONTS.some((path) => existsSync(path)) || !isDebian(),
  },
  {
    name: 'an S3 server (minio, versitygw or radosgw)',
    apt: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-mgr', 'curl'],
    brew: ['minio'],
    wanted: (purpose) => purpose === 'test',
    isThere: () => ['minio', 'versitygw', 'radosgw'].some(findBinary),
    other: installVersitygw,
  },
  {
    name: 'what breaks networks and disks for tests (ip, mkfs.ext4)',
    apt: ['iproute2', 'e2fsprogs'],
    brew: [],
    wanted: (purpose) => purpose === 'test' && isDebian() && isRoot(),
    isThere: () => ['ip', 'mkfs.ext4'].every(findBinary),
  },
  {
    name: 'a browser (chromium)',
    apt: [isUbuntu() ? 'chromium-browser' : 'chromium'],
    brew: ['--cask chromium'],
    wanted: (purpose) => purpose === 'test',
    isThere: () =>
      ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].some(findBinary) || isThereOnMac(),
  },
];

/**
 * @param {{ for: 'start' | 'test' }} options
 * @throws {StartError} with what is missing and the commands that bring it
 */
export async function ensureInstalled({ for: purpose }) {
  checkNode();
  await ensurePrograms(purpose);
  await ensurePackages();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new StartError(
    `Node.js ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}: https://nodejs.org/en/download`,
  );
}

async function ensurePrograms(purpose) {
  let missing = await findMissing(REQUIREMENTS.filter(({ wanted }) => wanted(purpose)));
  if (missing.length === 0) return;
  if (!isDebian() || !isRoot()) throw new StartError(howToInstall(missing, purpose));

  for (const requirement of missing.filter(({ other }) => other)) await requirement.other();
  missing = await findMissing(missing);
  if (missing.length === 0) return;
  await aptInstall(missing.flatMap(({ apt }) => apt));
  for (const { service } of missing) if (service) await quietService(service);
  const stillMissing = await findMissing(missing);
  if (stillMissing.length > 0)
    throw new StartError(
      `Installed, and yet not there: ${stillMissing.map(({ name }) => name).join(', ')}\n${howToInstall(stillMissing, purpose)}`,
    );
}

async function findMissing(requirements) {
  const there = await Promise.all(requirements.map(({ isThere }) => isThere()));
  return requirements.filter((_, i) => !there[i]);
}

function showsCameras(purpose) {
  return purpose === 'test' || demoCameraCount() > 0;
}

function isRoot() {
  return process.getuid?.() === 0;
}

function isDebian() {
  return findBinary('apt-get') !== undefined;
}

/** Ubuntu's browser has another name than Debian's, and is a snap. */
function isUbuntu() {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function isThereOnMac() {
  return ['Chromium', 'Google Chrome'].some((name) => existsSync(`/Applications/${name}.app`));
}

/** Debian keeps servers where ordinary users do not look, and `go install` where few do. */
function findBinary(name) {
  const go = [
    process.env.GOBIN,
    ...(process.env.GOPATH ?? '').split(delimiter).map((path) => path && join(path, 'bin')),
    join(homedir(), 'go/bin'),
    '/usr/local/go/bin',
  ];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/opt/homebrew/bin',
    '/usr/local/bin',
    ...go,
  ];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

/** Asks the same Python as the camera is run with, for everything that it uses. */
async function hasGstreamer() {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const script = `
import gi
gi.require_version('Gst', '1.0'); gi.require_version('GstRtsp', '1.0'); gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtsp, GstRtspServer
Gst.init(None)
raise SystemExit(0 if all(map(Gst.ElementFactory.find, ['appsrc', 'h264parse', 'rtph264pay', 'rtpbin', 'aacparse', 'rtppcmapay'])) else 1)`;
  return (await run(python, ['-c', script])).code === 0;
}

async function aptInstall(packages) {
  say(`installing    ${packages.join(' ')}`);
  const apt = (args) =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      DEBIAN_FRONTEND: 'noninteractive',
      RUNLEVEL: '1',
    });
  const update = await apt(['update']); // where it fails, the lists that are there may still do
  const install = await apt(['install', '-y', '--no-install-recommends', ...packages]);
  if (install.code !== 0)
    throw new StartError(
      `apt-get could not install ${packages.join(' ')}:\n${update.code === 0 ? '' : tail(update.output)}${tail(install.output)}`,
    );
}

/**
 * The package is ours to install, its service not ours to run: neither now (RUNLEVEL=1 holds back SysV's only) nor
 * after a reboot.
 */
async function quietService(service) {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', service]);
  else if (existsSync(`/etc/init.d/${service}`)) await run(`/etc/init.d/${service}`, ['stop']);
}

/** Where Go is at hand. Where it is not, or that fails, apt has radosgw. */
async function installVersitygw() {
  const go = findBinary('go');
  if (!go) return;
  say(`installing    ${VERSITYGW_SOURCE} (go install, a minute)`);
  const { code, output } = await run(go, ['install', VERSITYGW_SOURCE]);
  if (code !== 0) say(`go install ${VERSITYGW_SOURCE} failed, radosgw will do:\n${tail(output)}`);
}

function howToInstall(missing, purpose) {
  const names = missing.map(({ name }) => `  - ${name}`).join('\n');
  const again = `npm ${purpose === 'start' ? 'start' : 'test'}`;
  const packages = missing.flatMap(({ apt }) => apt).join(' ');
  const services = missing.map(({ service }) => service).filter(Boolean);
  const debian = [
    'sudo apt-get update',
    `sudo apt-get install -y --no-install-recommends ${packages}`,
    ...(services.length > 0 ? [`sudo systemctl disable --now ${services.join(' ')}    # ${again} starts its own`] : []),
  ];
  const brew = missing.flatMap(({ brew }) => brew);
  const mac = [...new Set(brew.filter((name) => !name.startsWith('--')))];
  const commands = isDebian()
    ? debian
    : process.platform === 'darwin'
      ? [
          `brew install ${mac.join(' ')}`,
          ...brew.filter((name) => name.startsWith('--')).map((name) => `brew install ${name}`),
        ].filter((command) => !/install $/.test(command))
      : ['# with this system’s own package manager; on Debian and Ubuntu it would be', ...debian];
  return `Missing on this machine:\n${names}\n\nInstall with\n\n${commands.map((command) => `    ${command}`).join('\n')}\n\nand run \`${again}\` again (as root on Debian and Ubuntu it does this by itself).`;
}

export async function ensurePackages() {
  if (!packagesAreStale()) return;
  say('installing    npm packages (npm ci, versions of package-lock.json)');
  // Also where NODE_ENV says production: we build here. `npm ci` begins with an empty folder: what an interrupted one
  // left is gone.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { code, output } = await run(npm[0], [...npm.slice(1), ...args]);
  if (code !== 0) throw new StartError(`npm ci failed:\n${tail(output)}`);
}

/**
 * npm writes down in node_modules what it put there, when it has put all of it there. An installation that was
 * interrupted leaves no such file, or one that is older than the packages beside it. A lock that is merely newer (a
 * checkout) is compared before it counts.
 */
export function packagesAreStale(root = ROOT) {
  const lockFile = join(root, 'package-lock.json');
  const modules = join(root, 'node_modules');
  const installedFile = join(modules, '.package-lock.json');
  if (!existsSync(installedFile)) return true;
  const installedMs = statSync(installedFile).mtimeMs;
  if (packageFolders(modules).some((folder) => statSync(folder).mtimeMs > installedMs)) return true;
  const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const installed = read(installedFile);
  // Somebody cleaned up, or a copy was not whole.
  if (Object.keys(installed).some((path) => path !== '' && !existsSync(join(root, path, 'package.json')))) return true;
  if (installedMs >= statSync(lockFile).mtimeMs) return false;
  return Object.entries(read(lockFile)).some(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return false;
    if (!installed[path]) return !optional && !devOptional && !peer; // of another platform, or nobody's need
    return installed[path].version !== version;
  });
}

/**
 * npm's own folders of packages, `node_modules/a` and `node_modules/@b/c`; what begins with a dot is somebody's cache.
 */
function packageFolders(modules) {
  const inside = (folder) =>
    readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return inside(modules).flatMap(({ name }) =>
    name.startsWith('@')
      ? inside(join(modules, name)).map((scoped) => join(modules, name, scoped.name))
      : [join(modules, name)],
  );
}

function tail(output) {
  return `${output.trim().split('\n').slice(-15).join('\n')}\n`;
}

/** @returns {Promise<{ code: number, output: string }>} whatever happens; a program that is not there is code 127 */
function run(command, args, environment = {}) {
  return new Promise((settle) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-50_000)));
    child.once('error', (error) => settle({ code: 127, output: error.message }));
    child.once('close', (code) => settle({ code: code ?? 1, output }));
  });
}
