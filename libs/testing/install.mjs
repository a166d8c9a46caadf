// Whether packages have to be installed, for the test of it (TypeScript may not reach out of its project).
export { packagesAreStale } from '../../deploy/local/packages.mjs';
