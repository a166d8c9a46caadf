/** Whether `npm ci` has to run: nothing is installed, something else is, or an installation was interrupted. */
export declare function packagesAreStale(root?: string): boolean;
