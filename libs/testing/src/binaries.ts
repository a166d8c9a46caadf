import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

// Debian puts servers into /usr/sbin, which only root has in PATH; `go install` puts them into a folder that few have
// there.
const folders = (): string[] => [
  ...(process.env['PATH'] ?? '').split(delimiter),
  ...['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin'],
  ...(process.env['GOBIN'] ? [process.env['GOBIN']] : []),
  ...(process.env['GOPATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((path) => join(path, 'bin')),
  join(homedir(), 'go/bin'),
];

export async function findBinary(name: string): Promise<string | undefined> {
  for (const folder of folders()) {
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

export async function needBinary(name: string): Promise<string> {
  const path = await findBinary(name);
  if (!path)
    throw new Error(
      `${name} is not installed: npm test installs it on Debian and Ubuntu (deploy/local/requirements.mjs), ` +
        'elsewhere it says how',
    );
  return path;
}
