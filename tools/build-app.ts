// npx tsx tools/build-app.ts NAME: dist/apps/NAME/ = worker.js (the app, our libs and the packages they need, in one
// file), main.js (it loads worker.js, from Node's compile cache where Node has one), public/ (if it has one; the pages
// of apps/NAME-web as Vite builds them go into public/app), package.json, and node_modules with the few packages that
// are read as files (apps/NAME/package.json names them). `node main.js` runs it anywhere. Why one file: decision 0094.
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { forgetBuild } from '../deploy/local/build-stamp.mjs';
import { ROOT } from '../deploy/local/settings.mjs';
import { readLock, readPackage } from './package-files';

const [app = ''] = process.argv.slice(2);
const appDir = join(ROOT, 'apps', app);
const outDir = join(ROOT, 'dist/apps', app);
if (app === '' || !existsSync(join(appDir, 'src/main.ts')))
  throw new Error(`build-app: wanted the name of an app in apps/, got "${app}"`);

/** Packages that ours could use and that are not here. Each stands behind an `import()` or a `try` of theirs. */
const NOT_INSTALLED = [
  '@grpc/grpc-js',
  '@nestjs/websockets',
  '@valkey/valkey-glide',
  'amqp-connection-manager',
  'amqplib',
  'class-transformer',
  'class-validator',
  'kafkajs',
  'mqtt',
  'pg',
];
const NAMES_OF_COMMON_JS = `import { createRequire as vrCreateRequire } from 'node:module';
import { fileURLToPath as vrFileURLToPath } from 'node:url';
const require = vrCreateRequire(import.meta.url);
const __filename = vrFileURLToPath(import.meta.url);
const __dirname = vrFileURLToPath(new URL('.', import.meta.url));`;
/** Node keeps what it compiled beside the worker, or not where nothing can be written there. */
const MAIN = `import module from 'node:module';
import { fileURLToPath } from 'node:url';
module.enableCompileCache?.(fileURLToPath(new URL('.compiled', import.meta.url)));
await import('./worker.js');
`;
/** Node reads the whole source map as it loads the file, so it holds our own code alone. This one maps nothing else. */
const ONE_LINE = Buffer.from('{"version":3,"sources":["package"],"mappings":"AAAA"}').toString('base64');
const MAP_OF_A_PACKAGE = `//# sourceMappingURL=data:application/json;base64,${ONE_LINE}`;
const packagesHaveNoSourceMap: Plugin = {
  name: 'packages have no source map',
  setup: (bundling) => {
    bundling.onLoad({ filter: /node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n${MAP_OF_A_PACKAGE}`,
      loader: 'default',
    }));
  },
};
/** Large parts of packages that no worker uses: Nest's uploads, its Redis transport, zod's messages in 40 languages. */
const UNUSED = /\/multer\/index\.js$|\/zod\/v4\/locales\/[\w-]+\.js$/;
const USED_OF_ZOD = /\/(en|index)\.js$/;
const unusedIsEmpty: Plugin = {
  name: 'what no worker uses is empty',
  setup: (bundling) => {
    bundling.onResolve({ filter: /^ioredis$/ }, ({ importer }) =>
      importer.includes('/@nestjs/microservices/') ? { path: 'ioredis', external: true } : undefined,
    );
    bundling.onLoad({ filter: UNUSED }, ({ path }) =>
      path.includes('/zod/') && USED_OF_ZOD.test(path) ? undefined : { contents: 'export default {};', loader: 'js' },
    );
  },
};

forgetBuild(ROOT, app); // `npm start` looks again
await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
const kept = await keptPackages();
await copyPackages(kept, await bundle(kept));
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

/** @returns the packages that are in the bundle */
async function bundle(kept: readonly string[]): Promise<Set<string>> {
  const { version } = await readPackage(join(ROOT, 'package.json'));
  const { metafile } = await build({
    entryPoints: [join(appDir, 'src/main.ts')],
    outfile: join(outDir, 'worker.js'),
    bundle: true,
    external: [...kept, ...NOT_INSTALLED].flatMap((name) => [name, `${name}/*`]),
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // CommonJS packages ask for these. Bull Board asks by eval, so the names stand for themselves.
    banner: { js: NAMES_OF_COMMON_JS },
    define: { VIDEO_RECORDER_VERSION: JSON.stringify(version ?? 'unknown') },
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true, // Nest tells modules apart by the names of their classes
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'error',
    plugins: [unusedIsEmpty, packagesHaveNoSourceMap],
  });
  await writeFile(join(outDir, 'main.js'), MAIN);
  return new Set(Object.keys(metafile.inputs).flatMap((path) => packageOf(path) ?? []));
}

/** `node_modules/a/node_modules/@b/c/d.js` -> `node_modules/a/node_modules/@b/c` */
function packageOf(path: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

/** Packages that the app reads as files, such as scripts for browsers. What they need themselves is in those files. */
async function keptPackages(): Promise<string[]> {
  const own = join(appDir, 'package.json');
  return existsSync(own) ? Object.keys((await readPackage(own)).dependencies) : [];
}

/** @param bundled where the packages of the bundle lie. Its package.json names them, for who looks for old ones */
async function copyPackages(kept: readonly string[], bundled: ReadonlySet<string>): Promise<void> {
  const lock = await readLock(join(ROOT, 'package-lock.json'));
  const copied = kept.map((name) => `node_modules/${name}`);
  const dependencies = new Map<string, string>();
  for (const key of [...bundled, ...copied].sort()) {
    const version = lock.get(key)?.version;
    if (version === undefined) throw new Error(`${app} needs ${key}, which package-lock.json does not have`);
    dependencies.set(key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length), version);
  }
  for (const key of copied) await cp(join(ROOT, key), join(outDir, key), { recursive: true });
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
