export {
  readBudgets,
  readRoomWanted,
  removeRoomWanted,
  roomWantedMs,
  writeBudgets,
  writeRoomWanted,
} from './budget-files';
export { type Budget, budgetBytes, type BudgetKind, type BudgetUse } from './budgets';
export { FootageCatalogue } from './footage-catalogue';
export { footageBytes, type FootageDay, footageStartMs, segmentsOf } from './footage-days';
export { type CameraForecast, type Forecast, forecastStorage } from './forecast';
export { ALWAYS, type CameraSpan, type HoldReason, Holds, type ProtectedSpan } from './holds';
export { Intervals, type Span } from './intervals';
export { type Disk, excessBytes, overHighMark } from './marks';
export { DELETION_REASONS } from './plan/decision';
export type { Deletion, DeletionReason, RetentionMemory, RetentionPlan } from './plan/decision';
export { planRetention } from './plan/plan';
export type { Announcement } from './plan/second-look';
export { protectedDays, protectedMostBytes } from './protected-room';
export { NoRoomError, Room } from './room';
export { recordedCameras, retentionRules } from './rules';
export { STORED_KINDS } from './stored';
export type { RetentionRules, StoredItem, StoredKind, Tree, Volume } from './stored';
export { readSpace } from './volume';
