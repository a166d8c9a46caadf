export * from './arrival';
export * from './assembly';
export * from './audit-log';
export * from './box-splitter';
export { BoxError } from './boxes';
export * from './camera-state';
export * from './catalogue';
export * from './check';
export { writeClip, type ClipTexts, type WrittenClip } from './clip-file';
export { clipBytes, isStillThere } from './clip-bytes';
export { layOutClip, type ClipLayout } from './clip-layout';
export { readClipRange, type ClipRange } from './clip-range';
export * from './fragment-header';
export * from './frame-on-show';
export * from './gaps';
export * from './init-segment';
export { indexOf } from './known-indexes';
export * from './names';
export { isNoFile, openFootage } from './open-footage';
export * from './open-gap';
export * from './parameter-sets';
export { Pace } from './pace';
export * from './pause';
export * from './playlist';
export { PRFT_BYTES } from './producer-time';
export * from './protections';
export * from './range';
export { planRetention } from './retention/plan';
export * from './recovery';
export {
  BUDGET_KINDS,
  budgetBytes,
  budgetKindOf,
  type Budget,
  type BudgetKind,
  type BudgetUse,
} from './retention/budgets';
export * from './retention/budget-files';
export * from './retention/clock-guard';
export * from './retention/day-folders';
export * from './retention/footage-catalogue';
export * from './retention/forecast';
export * from './retention/holds';
export * from './retention/intervals';
export { NoRoomError, Room, type RoomOptions } from './retention/room';
export { protectedMostBytes } from './retention/protected-room';
export * from './retention/rules';
export { excessBytes, overHighMark, type Disk } from './retention/marks';
export * from './retention/second-look';
export * from './retention/shelf';
export * from './retention/stored';
export { readSpace, type Space } from './retention/volume';
export * from './run-clock';
export * from './sample-durations';
export * from './segment-index';
export { shiftedBytes } from './shifted-bytes';
export * from './segment-writer';
export * from './summary';
export * from './time-line';
