// Builds an app by tools/build-app.ts, in a process of its own.
import { runNode } from './child-process';

export type AppName = 'recorder' | 'clipper' | 'snapshotter' | 'janitor' | 'console' | 'cli';

/** @throws where it does not build; its complaints stand on our stderr by then */
export async function buildApp(app: AppName): Promise<void> {
  const code = await runNode(['--import', 'tsx', 'tools/build-app.ts', app]);
  if (code !== 0) throw new Error(`apps/${app} does not build (exit code ${code})`);
}
