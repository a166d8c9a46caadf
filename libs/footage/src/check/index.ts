export { checkFootage, type CheckFootageOptions, type CheckProgress } from './check-footage';
export * from './findings';
