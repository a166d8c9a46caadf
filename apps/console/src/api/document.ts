/** The OpenAPI 3.1 document (spec.openapis.org/oas/v3.1) of operations. Its schemas are made of the zod schemas. */
import { errorAnswer, HTTP_STATUS, type ErrorCode } from '@vr/contracts';
import { z } from 'zod';
import { GROUPS, type Answer, type Operation } from './operation';

export type JsonSchema = Record<string, unknown>;

interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
}
type Content = Record<string, { schema: JsonSchema }>;

export interface DocumentedOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, object> };
}

const JSON_TYPE = 'application/json';
/** What any operation may answer with. */
const EVERYWHERE: readonly ErrorCode[] = [
  'invalid_payload',
  'unauthorized',
  'forbidden',
  'too_many_requests',
  'internal',
];

const SAYS: Readonly<Record<number, string>> = {
  400: 'It cannot be read, or is more than is allowed.',
  401: 'Nobody who may ask.',
  403: 'Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed.',
  404: 'There is no such thing, or not any more.',
  409: 'It cannot be done as things are.',
  413: 'The body is larger than 100 KB.',
  429: 'Asked too often: `Retry-After` says when to come again.',
  500: 'The recorder’s log has the reason.',
  503: 'Not now: the message says why.',
};

export function openApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const schemas = new Schemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method] = documented(operation, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Video Recorder',
      version: '1',
      description:
        'Instants in answers are seconds since the epoch, UTC, with fractions. Lists go back by `before`. ' +
        'Each error has a code of a closed list.',
    },
    tags: Object.values(GROUPS).map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'vr_session' },
      },
    },
  };
}

function documented(operation: Operation, schemas: Schemas): DocumentedOperation {
  const { id, group, summary, says, body, isOpen } = operation;
  return {
    operationId: id,
    tags: [GROUPS[group]],
    summary,
    ...(says !== undefined && { description: says }),
    security: isOpen ? [] : [{ bearer: [] }, { session: [] }],
    parameters: [
      ...parametersOf('path', operation.parameters, schemas),
      ...parametersOf('query', operation.query, schemas),
    ],
    ...(body && { requestBody: bodyOf(body, schemas) }),
    responses: Object.fromEntries(
      Object.entries(answersOf(operation)).map(([status, answer]) => [status, responseOf(answer, schemas)]),
    ),
  };
}

function answersOf(operation: Operation): Record<number, Answer> {
  const { answers, errors = [], body, mayBeBusy, isOpen } = operation;
  const codes = [...EVERYWHERE, ...errors].filter((code) => !isOpen || code !== 'unauthorized');
  const statuses = [...codes.map((code) => HTTP_STATUS[code]), ...(body ? [413] : []), ...(mayBeBusy ? [503] : [])];
  const failures = statuses.map((status): [number, Answer] => [
    status,
    { says: SAYS[status] ?? 'An error.', json: errorAnswer },
  ]);
  return { ...Object.fromEntries(failures), ...answers };
}

function responseOf({ says, json, bytes }: Answer, schemas: Schemas): DocumentedOperation['responses'][string] {
  if (!json && bytes === undefined) return { description: says };
  return {
    description: says,
    content: {
      ...(json && { [JSON_TYPE]: { schema: schemas.of(json, 'output') } }),
      ...(bytes !== undefined && { [bytes]: { schema: {} } }),
    },
  };
}

/** Every body may be absent where none of its fields is wanted. */
function bodyOf(body: z.ZodObject, schemas: Schemas): NonNullable<DocumentedOperation['requestBody']> {
  const schema = schemas.of(body, 'input');
  return { required: requiredOf(schema).length > 0, content: { [JSON_TYPE]: { schema } } };
}

function parametersOf(place: Parameter['in'], fields: z.ZodObject | undefined, schemas: Schemas): Parameter[] {
  if (!fields) return [];
  const schema = schemas.of(fields, 'input');
  const required = requiredOf(schema);
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).map(
    ([name, { description, ...rest }]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(typeof description === 'string' && { description }),
      schema: rest,
    }),
  );
}

function requiredOf(schema: JsonSchema): readonly unknown[] {
  return Array.isArray(schema['required']) ? schema['required'] : [];
}

/** JSON schemas of zod schemas. Those with an id are components, which others refer to. */
class Schemas {
  readonly named: Record<string, JsonSchema> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    for (const [name, definition] of Object.entries($defs)) this.keep(name, definition);
    return referring(without(own, '$schema')) as JsonSchema;
  }

  private keep(name: string, definition: object): void {
    const schema = referring(without(definition, 'id')) as JsonSchema;
    const known = this.named[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`two schemas have the id ${name}: give one of them another`);
    this.named[name] = schema;
  }
}

function without(object: object, name: string): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

/** Zod refers to `$defs` of the same schema, OpenAPI to components. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : referring(inner),
    ]),
  );
}
