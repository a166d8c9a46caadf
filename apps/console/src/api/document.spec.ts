import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';
import { API_TYPES, apiTypes } from '../testing/api-types';
import { docsPage } from './docs-page';
import { openApiDocument } from './document';
import { OPERATIONS } from './operations';

const document = openApiDocument(OPERATIONS);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, ...operation })),
);

describe('the OpenAPI document', () => {
  it('refers to nothing that it does not hold', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    const missing = refs.map(([, name = '']) => name).filter((name) => !(name in document.components.schemas));
    expect(refs.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('gives every operation a name of its own, and all that stands in its path', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    for (const { path, parameters } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(named);
    }
  });

  it('says of every answer in JSON what is in it, and of instants that RFC 3339 and seconds will do', () => {
    for (const { operationId, responses } of operations)
      for (const [status, { content = {} }] of Object.entries(responses))
        if (content['application/json'])
          expect([operationId, status, content['application/json'].schema]).not.toEqual([operationId, status, {}]);
    const start = document.paths['/api/cameras/{id}/timeline']?.['get']?.parameters.find(
      ({ name }) => name === 'start',
    );
    expect(start).toMatchObject({ required: true, schema: { type: ['number', 'string'] } });
    expect(start?.description).toContain('RFC 3339');
  });

  it('has a page that asks for nothing foreign, runs no script and shows every operation', () => {
    const page = docsPage(document);
    expect(page).not.toMatch(/<script|\son\w+=|style="|https?:\/\//);
    for (const { operationId } of operations) expect(page).toContain(`<details id="${operationId}">`);
  });

  it('is what the types of the console’s pages were made of (else run `npm run api`)', async () => {
    const [made, kept] = await Promise.all([apiTypes(REPOSITORY), readFile(join(REPOSITORY, API_TYPES), 'utf8')]);
    expect(kept).toBe(made);
  }, 60_000);
});
