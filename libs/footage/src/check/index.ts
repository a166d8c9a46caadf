export { checkFootage, type CheckFootageOptions, type CheckProgress } from './check-footage';
export type { SpanMs } from './continuity';
export * from './findings';
