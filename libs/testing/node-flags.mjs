// How Node runs a worker, for tests that run one (TypeScript may not reach out of its project).
export { NODE_ENVIRONMENT, nodeFlags } from '../../deploy/local/node-flags.mjs';
