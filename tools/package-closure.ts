// Which packages a package needs, and they in turn, by the lock.
import type { LockedPackage } from './package-files';

/** @returns the lock's keys of the packages and of all that they need */
export function packagesBelow(names: Iterable<string>, lock: ReadonlyMap<string, LockedPackage>): Set<string> {
  const closure = new Set<string>();
  const queue = Array.from(names, (name) => `node_modules/${name}`);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const locked = lock.get(key);
    if (!locked || closure.has(key)) continue;
    closure.add(key);
    for (const name of neededBy(locked)) {
      const found = locate(name, key, lock);
      if (found !== undefined) queue.push(found);
    }
  }
  return closure;
}

function neededBy({
  dependencies,
  optionalDependencies,
  peerDependencies,
  peerDependenciesMeta,
}: LockedPackage): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers];
}

/** Node's own resolution, on the lock's keys: the nearest node_modules/NAME at or above the package that asks. */
function locate(name: string, from: string, lock: ReadonlyMap<string, LockedPackage>): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const key = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (lock.has(key)) return key;
    if (at === '') return undefined;
  }
}
