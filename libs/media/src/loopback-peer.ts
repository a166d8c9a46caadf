import { readFile } from 'node:fs/promises';

/**
 * Whether the loopback connection from this port is one of our user's, by the kernel's own list (proc(5), /proc/net/tcp).
 * Where there is no such list, knowing the door's path must do.
 */
export async function isOurUser(port: number | undefined): Promise<boolean> {
  const ourUid = process.getuid?.();
  const list = await readFile('/proc/net/tcp', 'utf8').catch(() => undefined);
  if (list === undefined || ourUid === undefined) return true;
  const local = `0100007F:${(port ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = list.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.some((fields) => fields[1] === local && Number(fields[7]) === ourUid);
}
