// build-app.mjs NAME: dist/apps/NAME/ = main.js (the app and our libs, bundled), public/ (if it has one), package.json,
// and node_modules with exactly the packages it needs, in the versions of the root's package-lock. `node main.js` runs
// it anywhere.
import { build } from 'esbuild';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgetBuild } from '../deploy/local/build-stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const app = process.argv[2];
if (!app) throw new Error('build-app.mjs: wanted the name of an app, got none');
const appDir = join(root, 'apps', app);
const outDir = join(root, 'dist/apps', app);
const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

forgetBuild(root); // that of all of them: `npm start` is to look again
await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
const { metafile } = await build({
  entryPoints: [join(appDir, 'src/main.ts')],
  outfile: join(outDir, 'main.js'),
  bundle: true,
  packages: 'external',
  tsconfig: join(root, 'tsconfig.base.json'),
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});

const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const imported = new Set(
  Object.values(metafile.outputs)
    .flatMap((output) => output.imports.filter((i) => i.external).map((i) => i.path))
    .filter((path) => !path.startsWith('node:') && !builtinModules.includes(path))
    .map(packageName),
);
// Packages that an app reads at run time without importing them (Nest loads its HTTP platform, BullMQ its Redis driver,
// by name).
const rootPackage = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const appPackage = (await exists(join(appDir, 'package.json')))
  ? JSON.parse(await readFile(join(appDir, 'package.json'), 'utf8'))
  : {};
for (const name of Object.keys(appPackage.dependencies ?? {})) imported.add(name);
if (imported.has('@nestjs/core')) imported.add('@nestjs/platform-express');
if (imported.has('bullmq')) imported.add('ioredis');

const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages;
const missing = [...imported].filter((name) => !lock[`node_modules/${name}`]);
if (missing.length)
  throw new Error(`${app} imports packages that the root package.json does not declare: ${missing.join(', ')}`);

/** Node's own resolution, on the lock's keys: the nearest node_modules/NAME at or above the package that asks. */
function locate(name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const key = at ? `${at}/node_modules/${name}` : `node_modules/${name}`;
    if (lock[key]) return key;
    if (!at) return undefined;
  }
}
const closure = new Set();
const queue = [...imported].map((name) => `node_modules/${name}`);
while (queue.length) {
  const key = queue.pop();
  if (closure.has(key)) continue;
  closure.add(key);
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = lock[key];
  const required = { ...dependencies, ...optionalDependencies };
  for (const name of Object.keys(peerDependencies)) if (!peerDependenciesMeta[name]?.optional) required[name] = true;
  for (const name of Object.keys(required)) {
    const found = locate(name, key);
    if (found) queue.push(found);
  }
}
for (const key of closure) {
  if (!(await exists(join(root, key)))) continue; // an optional package of another platform
  await cp(join(root, key), join(outDir, key), {
    recursive: true,
    filter: (source) => source === join(root, key) || !source.slice(join(root, key).length).startsWith('/node_modules'),
  });
}
await writeFile(
  join(outDir, 'package.json'),
  JSON.stringify(
    {
      name: app,
      version: rootPackage.version,
      private: true,
      type: 'module',
      dependencies: Object.fromEntries(
        [...imported].sort().map((name) => [name, lock[`node_modules/${name}`].version]),
      ),
    },
    null,
    2,
  ) + '\n',
);
if (await exists(join(appDir, 'public'))) await cp(join(appDir, 'public'), join(outDir, 'public'), { recursive: true });
