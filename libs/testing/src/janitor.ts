// What a test leaves behind goes away with its process, however the process ends. Jest runs no exit handlers, and
// nothing runs after SIGKILL. So a shell reads our pipe. When the pipe closes, the shell ends the children that are
// left and removes the folders.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

const SCRIPT = `
trap '' INT TERM HUP
pids=' '
folders=
while read -r sign pid; do
  case "$sign" in
    +) pids="$pids$pid " ;;
    -) pids=\${pids%%" $pid "*}' '\${pids#*" $pid "} ;;
    d) folders="$folders $pid" ;;
  esac
done
if [ "$pids" != ' ' ]; then kill -TERM $pids; sleep 2; kill -KILL $pids; sleep 0.2; fi 2>/dev/null
rm -rf "$0" $folders
`;

interface Janitor {
  folder: string;
  orders: Writable;
}
let janitor: Janitor | undefined;

function ours(): Janitor {
  if (janitor) return janitor;
  const folder = mkdtempSync(join(tmpdir(), 'vr-test-'));
  const shell = spawn('/bin/sh', ['-c', SCRIPT, folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  letUsGo(shell);
  shell.stdin.on('error', () => undefined); // a janitor that somebody killed is no reason to fail a test
  janitor = { folder, orders: shell.stdin };
  return janitor;
}

/** A child that a failed test forgot must not keep the process from ending: its end is what ends the child. */
export function letUsGo(child: ChildProcess): void {
  child.unref();
  for (const pipe of child.stdio) if (pipe instanceof Socket) pipe.unref();
}

/** The folder of this process below which everything temporary lies. */
export function processFolder(): string {
  return ours().folder;
}

/** A folder elsewhere that goes with this process at the latest; no white space in its name. */
export function removeWithUs(folder: string): void {
  ours().orders.write(`d ${folder}\n`);
}

/** `child` ends with this process at the latest. */
export function endWithUs(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return; // it did not start; its 'error' event says why
  ours().orders.write(`+ ${pid}\n`);
  child.once('exit', () => ours().orders.write(`- ${pid}\n`));
}
