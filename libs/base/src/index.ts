export * from './abort-reason';
export * from './confined-path';
export * from './error-code';
export * from './limiter';
export * from './loose-json';
export * from './plain-file';
export * from './shared-secret';
export * from './shared-work';
