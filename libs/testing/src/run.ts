import { spawn } from 'node:child_process';

/**
 * `folder`: where it runs, by default where we do.
 * @throws where it does not exit with 0, with what it said on stderr
 */
export function runToEnd(
  command: string,
  commandArguments: string[],
  { folder }: { folder?: string } = {},
): Promise<{ stdout: Buffer; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve({ stdout: Buffer.concat(chunks), stderr })
        : reject(new Error(`${command} exit ${code ?? '?'}: ${stderr.slice(-2000)}`)),
    );
  });
}
