/** Every operation of the console. Whoever adds a route adds it here: a test compares this list with Nest's routes. */
import type { Operation } from './operation';
import { accessOperations } from './operations/access-operations';
import { cameraOperations } from './operations/camera-operations';
import { eventOperations } from './operations/event-operations';
import { exportOperations } from './operations/export-operations';
import { libraryOperations } from './operations/library-operations';
import { requestOperations } from './operations/request-operations';
import { serviceOperations } from './operations/service-operations';
import { shareOperations } from './operations/share-operations';

export const OPERATIONS: readonly Operation[] = [
  ...accessOperations,
  ...cameraOperations,
  ...eventOperations,
  ...exportOperations,
  ...libraryOperations,
  ...requestOperations,
  ...serviceOperations,
  ...shareOperations,
];
