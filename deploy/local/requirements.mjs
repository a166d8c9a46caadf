// @ts-check
// The programs that `npm start` and `npm test` need: how to see that each is there, and which packages bring it.
import { existsSync } from 'node:fs';
import { say } from './logs.mjs';
import { findBinary, isDebian, isRoot, isUbuntu, pythonWithGstreamer, run, tail } from './programs.mjs';
import { demoCameraCount, isSet } from './settings.mjs';

/**
 * @typedef {'start' | 'test'} Purpose the command that needs it
 * @typedef {object} Requirement
 * @property {string} name
 * @property {string[]} apt Debian's packages
 * @property {string[]} brew Homebrew's packages
 * @property {string} [service] The system service that Debian starts with the package. We do not want it: our servers
 *   are our own, on free ports.
 * @property {(purpose: Purpose) => boolean} wanted whether the command needs it and the environment does not bring it
 * @property {() => unknown} isThere a promise or a value; truthy where it is there
 * @property {() => Promise<void>} [other] another way to bring it, tried before apt
 */

const GSTREAMER_PACKAGES = [
  'python3-gi',
  'gir1.2-gst-rtsp-server-1.0',
  'gstreamer1.0-rtsp',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
];
/** What the camera simulator builds its pipelines of. */
const GSTREAMER_ELEMENTS = ['appsrc', 'h264parse', 'rtph264pay', 'rtpbin', 'aacparse', 'rtppcmapay'];
const FONTS = [
  '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
  '/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf',
  '/System/Library/Fonts/Menlo.ttc',
];
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Go builds this S3 server in a minute. MinIO takes two and a half minutes, on a busy machine more than eight. */
const VERSITYGW_SOURCE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

/** @type {Requirement[]} */
export const REQUIREMENTS = [
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
    name: 'what tries the alert rules (promtool)',
    apt: ['prometheus'],
    brew: ['prometheus'],
    service: 'prometheus',
    wanted: (purpose) => purpose === 'test',
    isThere: () => findBinary('promtool'),
  },
  {
    name: 'a browser (chromium)',
    apt: [isUbuntu() ? 'chromium-browser' : 'chromium'],
    brew: ['--cask chromium'],
    wanted: (purpose) => purpose === 'test',
    isThere: () => BROWSERS.some(findBinary) || isThereOnMac(),
  },
];

/** @param {Requirement[]} requirements */
export async function findMissing(requirements) {
  const there = await Promise.all(requirements.map(({ isThere }) => isThere()));
  return requirements.filter((_, i) => !there[i]);
}

/** @param {Purpose} purpose */
function showsCameras(purpose) {
  return purpose === 'test' || demoCameraCount() > 0;
}

function isThereOnMac() {
  return ['Chromium', 'Google Chrome'].some((name) => existsSync(`/Applications/${name}.app`));
}

/** Asks the Python that runs the camera, for everything that the camera uses. */
async function hasGstreamer() {
  const script = `
import gi
gi.require_version('Gst', '1.0'); gi.require_version('GstRtsp', '1.0'); gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtsp, GstRtspServer
Gst.init(None)
raise SystemExit(0 if all(map(Gst.ElementFactory.find, ${JSON.stringify(GSTREAMER_ELEMENTS)})) else 1)`;
  return (await run(pythonWithGstreamer(), ['-c', script])).code === 0;
}

/** Where Go is at hand. Where it is not, or where it fails, apt brings radosgw. */
async function installVersitygw() {
  const go = findBinary('go');
  if (!go) return;
  say(`installing    ${VERSITYGW_SOURCE} (go install, a minute)`);
  const { code, output } = await run(go, ['install', VERSITYGW_SOURCE]);
  if (code !== 0) say(`go install ${VERSITYGW_SOURCE} failed, radosgw will do:\n${tail(output)}`);
}
