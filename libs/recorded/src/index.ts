/**
 * Footage for tests, as the recorder would have written it. Beside `testing`, which knows nothing of ours, so that our
 * libs' own tests may use that.
 */
export * from './day-of-footage';
export * from './greys';
export * from './test-stream';
