import { nestRoutes } from '../testing/whole-console';
import { OPERATIONS } from './operations';

/** `/api/media/:kind/*key` as OpenAPI writes it. */
function documented(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, '{$1}');
}

describe('the operations of the API', () => {
  it('are exactly the routes that the console has', async () => {
    const routes = (await nestRoutes()).map(({ method, path }) => `${method} ${documented(path)}`);
    const operations = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(routes.length).toBeGreaterThan(15);
    expect(operations.sort()).toEqual(routes.sort());
  }, 60_000);
});
