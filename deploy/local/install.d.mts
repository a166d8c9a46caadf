/** Whether `npm ci` has to run: nothing is installed, something else is, or an installation was interrupted. */
export function packagesAreStale(root?: string): boolean;
export function ensureInstalled(options: { for: 'start' | 'test' }): Promise<void>;
