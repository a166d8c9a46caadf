// @ts-check
// What `npm start` and `npm test` need on this machine, and how it gets there. Where all is there, this takes a few
// hundred milliseconds. With root on Debian or Ubuntu it installs what is missing. Elsewhere it tells the commands and
// touches nothing. It runs before anything is installed, so it imports nothing but Node.
import { existsSync } from 'node:fs';
import { say } from './logs.mjs';
import { ensurePackages } from './packages.mjs';
import { isDebian, isRoot, run, tail } from './programs.mjs';
import { findMissing, REQUIREMENTS } from './requirements.mjs';
import { StartError } from './start-error.mjs';

/**
 * @import { Purpose, Requirement } from './requirements.mjs'
 */

const OLDEST_NODE = { major: 20, minor: 19 };

/**
 * @param {{ for: Purpose }} options
 * @throws {StartError} with what is missing and the commands that bring it
 */
export async function ensureInstalled({ for: purpose }) {
  checkNode();
  await ensurePrograms(purpose);
  await ensurePackages();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor)) return;
  throw new StartError(
    `Node.js ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer is needed, this is ${process.versions.node}: ` +
      'https://nodejs.org/en/download',
  );
}

/** @param {Purpose} purpose */
async function ensurePrograms(purpose) {
  let missing = await findMissing(REQUIREMENTS.filter(({ wanted }) => wanted(purpose)));
  if (missing.length === 0) return;
  if (!isDebian() || !isRoot()) throw new StartError(howToInstall(missing, purpose));

  for (const { other } of missing) await other?.();
  missing = await findMissing(missing);
  if (missing.length === 0) return;
  await aptInstall(missing.flatMap(({ apt }) => apt));
  for (const { service } of missing) if (service) await quietService(service);
  const stillMissing = await findMissing(missing);
  if (stillMissing.length > 0) {
    const names = stillMissing.map(({ name }) => name).join(', ');
    throw new StartError(`Installed, and yet not there: ${names}\n${howToInstall(stillMissing, purpose)}`);
  }
}

/** @param {string[]} packages */
async function aptInstall(packages) {
  say(`installing    ${packages.join(' ')}`);
  const apt = (/** @type {string[]} */ args) =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      DEBIAN_FRONTEND: 'noninteractive',
      RUNLEVEL: '1',
    });
  const update = await apt(['update']); // where it fails, the lists that are there may still do
  const install = await apt(['install', '-y', '--no-install-recommends', ...packages]);
  if (install.code === 0) return;
  const said = `${update.code === 0 ? '' : tail(update.output)}${tail(install.output)}`;
  throw new StartError(`apt-get could not install ${packages.join(' ')}:\n${said}`);
}

/**
 * We install the package; we do not run its service. So it ends now, because RUNLEVEL=1 holds back SysV's services
 * only, and it does not come back after a reboot.
 * @param {string} service
 */
async function quietService(service) {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', service]);
  else if (existsSync(`/etc/init.d/${service}`)) await run(`/etc/init.d/${service}`, ['stop']);
}

/**
 * @param {Requirement[]} missing
 * @param {Purpose} purpose
 */
function howToInstall(missing, purpose) {
  const names = missing.map(({ name }) => `  - ${name}`).join('\n');
  const again = `npm ${purpose === 'start' ? 'start' : 'test'}`;
  const commands = commandsFor(missing, again).map((command) => `    ${command}`);
  return (
    `Missing on this machine:\n${names}\n\nInstall with\n\n${commands.join('\n')}\n\n` +
    `and run \`${again}\` again (as root on Debian and Ubuntu it does this by itself).`
  );
}

/**
 * @param {Requirement[]} missing
 * @param {string} again
 */
function commandsFor(missing, again) {
  const packages = missing.flatMap(({ apt }) => apt).join(' ');
  const services = missing.flatMap(({ service }) => service ?? []);
  const debian = [
    'sudo apt-get update',
    `sudo apt-get install -y --no-install-recommends ${packages}`,
    ...(services.length > 0 ? [`sudo systemctl disable --now ${services.join(' ')}    # ${again} starts its own`] : []),
  ];
  if (isDebian()) return debian;
  if (process.platform !== 'darwin')
    return ['# with this system’s own package manager; on Debian and Ubuntu it would be', ...debian];
  const brew = missing.flatMap(({ brew: names }) => names);
  const plain = [...new Set(brew.filter((name) => !name.startsWith('--')))];
  const special = brew.filter((name) => name.startsWith('--'));
  return [...(plain.length > 0 ? [plain.join(' ')] : []), ...special].map((names) => `brew install ${names}`);
}
