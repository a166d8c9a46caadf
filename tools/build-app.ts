// npx tsx tools/build-app.ts NAME: dist/apps/NAME/ = main.js (the app and our libs, bundled), public/ (if it has one;
// the pages of apps/NAME-web as Vite builds them go into public/app),
// package.json, and node_modules with exactly the packages it needs, in the versions of the root's package-lock.
// `node main.js` runs it anywhere.
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { forgetBuild } from '../deploy/local/build-stamp.mjs';
import { ROOT } from '../deploy/local/settings.mjs';
import { readLock, readPackage } from './package-files';
import { packagesBelow } from './package-closure';

const [app = ''] = process.argv.slice(2);
const appDir = join(ROOT, 'apps', app);
const outDir = join(ROOT, 'dist/apps', app);
if (app === '' || !existsSync(join(appDir, 'src/main.ts')))
  throw new Error(`build-app: wanted the name of an app in apps/, got "${app}"`);

forgetBuild(ROOT, app); // `npm start` looks again
await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
await copyPackages(await bundle());
if (existsSync(join(appDir, 'public'))) await cp(join(appDir, 'public'), join(outDir, 'public'), { recursive: true });
if (existsSync(join(ROOT, 'apps', `${app}-web`))) await buildPages(join(ROOT, 'apps', `${app}-web`));

async function buildPages(webDir: string): Promise<void> {
  const vite = await import('vite');
  await vite.build({
    configFile: join(webDir, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(outDir, 'public/app') },
  });
}

/** @returns the packages that the bundle imports */
async function bundle(): Promise<Set<string>> {
  const { metafile } = await build({
    entryPoints: [join(appDir, 'src/main.ts')],
    outfile: join(outDir, 'main.js'),
    bundle: true,
    packages: 'external',
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  const paths = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external && !path.startsWith('node:') && !builtinModules.includes(path))
    .map(({ path }) => path);
  return new Set(paths.map(packageName));
}

/** `@nestjs/core/x` -> `@nestjs/core` */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

async function copyPackages(imported: Set<string>): Promise<void> {
  // Packages that an app reads at run time without importing them: Nest loads its HTTP platform, and BullMQ its Redis
  // driver, by name.
  const own = join(appDir, 'package.json');
  if (existsSync(own)) for (const name of Object.keys((await readPackage(own)).dependencies)) imported.add(name);
  if (imported.has('@nestjs/core')) imported.add('@nestjs/platform-express');
  if (imported.has('bullmq')) imported.add('ioredis');

  const lock = await readLock(join(ROOT, 'package-lock.json'));
  const dependencies = new Map<string, string>();
  for (const name of [...imported].sort()) {
    const version = lock.get(`node_modules/${name}`)?.version;
    if (version === undefined) throw new Error(`${app} imports ${name}, which the root package.json does not declare`);
    dependencies.set(name, version);
  }
  for (const key of packagesBelow(imported, lock)) {
    const from = join(ROOT, key);
    if (!existsSync(from)) continue; // an optional package of another platform
    await cp(from, join(outDir, key), {
      recursive: true,
      filter: (source) => !source.slice(from.length).startsWith('/node_modules'),
    });
  }
  const { version } = await readPackage(join(ROOT, 'package.json'));
  const manifest = {
    name: app,
    version,
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(dependencies),
  };
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
