// npm run api: writes the types of the API for the console's pages. A test says when they are stale.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '../deploy/local/settings.mjs';
import { API_TYPES, apiTypes } from '../apps/console/src/testing/api-types';

const path = join(ROOT, API_TYPES);
await mkdir(dirname(path), { recursive: true });
await writeFile(path, await apiTypes(ROOT));
