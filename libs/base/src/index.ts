export * from './confined-path';
export * from './error-code';
