// node:fs/promises on the real file system, until a test tells it to fail. Let it replace the module before you import
// anything that writes footage.
import * as real from 'node:fs/promises';

export interface DiskFault {
  code: 'ENOSPC' | 'EIO';
  /** So many operations that change something still work. */
  after: number;
  /** After them, so many operations fail. */
  count: number;
}

const HANDLE_CHANGES: ReadonlySet<PropertyKey> = new Set([
  'write',
  'writev',
  'appendFile',
  'writeFile',
  'datasync',
  'sync',
  'truncate',
]);
const MODULE_CHANGES = ['rename', 'mkdir', 'writeFile', 'unlink', 'rm', 'copyFile'] as const;
type Call = (...given: unknown[]) => Promise<unknown>;

/** A file that is only read changes nothing, so a full disk does not refuse to open it. */
function isForReading(flags: string | number | undefined): boolean {
  const { O_WRONLY, O_RDWR, O_CREAT } = real.constants;
  return typeof flags === 'number'
    ? (flags & (O_WRONLY | O_RDWR | O_CREAT)) === 0
    : flags === undefined || flags === 'r';
}

export class FaultyDisk {
  private fault: DiskFault | undefined;
  private tookPart = false;
  private readonly handles = new Set<real.FileHandle>();

  /** Gives the object that replaces the module. */
  module(): typeof real {
    const changes = MODULE_CHANGES.map((name) => [name, this.failing(name, real[name] as Call)] as const);
    const open = async (...given: Parameters<typeof real.open>): Promise<real.FileHandle> => {
      if (!isForReading(given[1])) this.mayFail('open');
      return this.watched(await real.open(...given));
    };
    return { ...real, ...Object.fromEntries(changes), open };
  }

  breaks(fault: DiskFault | undefined): void {
    this.fault = fault && { ...fault };
  }

  /** A kill closes the files that a process had open. */
  async closeAll(): Promise<void> {
    for (const handle of this.handles) await handle.close();
    this.handles.clear();
  }

  private watched(handle: real.FileHandle): real.FileHandle {
    this.handles.add(handle);
    return new Proxy(handle, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        const call = (value as Call).bind(target);
        if (key === 'writev')
          return this.failing(key, (parts, position) => this.write(call, parts as Buffer[], position));
        if (key === 'close') this.handles.delete(target);
        return HANDLE_CHANGES.has(key) ? this.failing(String(key), call) : call;
      },
    });
  }

  private failing(name: string, call: Call): Call {
    return async (...given) => {
      if (name !== 'writev' || this.fault?.code !== 'ENOSPC') this.mayFail(name);
      return call(...given);
    };
  }

  /** A disk that fills up takes a part of the bytes before it refuses. */
  private async write(call: Call, parts: Buffer[], position: unknown): Promise<unknown> {
    if (this.fault?.code !== 'ENOSPC') return call(parts, position);
    if (this.fault.after <= 0 && !this.tookPart) {
      this.tookPart = true;
      const all = Buffer.concat(parts);
      return call([all.subarray(0, Math.ceil(all.length / 2))], position);
    }
    this.tookPart = false;
    this.mayFail('writev');
    return call(parts, position);
  }

  private mayFail(syscall: string): void {
    const { fault } = this;
    if (!fault || fault.after-- > 0) return;
    if (--fault.count <= 0) this.fault = undefined;
    throw Object.assign(new Error(`${fault.code}: for a test, ${syscall}`), { code: fault.code, syscall });
  }
}
