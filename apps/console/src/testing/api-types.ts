/** The types of the API for the console's pages, made of the OpenAPI document. `npm run api` writes them. */
import { join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { openApiDocument } from '../api/document';
import { OPERATIONS } from '../api/operations';

const HEAD = '// Made by `npm run api` of the console’s operations (apps/console/src/api). Edits are lost.\n';

export const API_TYPES = 'apps/console-web/src/api/schema.d.ts';

export async function apiTypes(repository: string): Promise<string> {
  const document: unknown = JSON.parse(JSON.stringify(openApiDocument(OPERATIONS)));
  const made = HEAD + astToString(await openapiTS(document as OpenAPI3));
  return format(made, { ...(await resolveConfig(join(repository, API_TYPES))), parser: 'typescript' });
}
