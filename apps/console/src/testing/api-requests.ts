/** Requests by chance, made of what the OpenAPI document says, of names that exist, and of what nobody should send. */
import fc from 'fast-check';
import type { DocumentedOperation, JsonSchema, OpenApiDocument } from '../api/document';

export interface ApiRequest {
  operation: DocumentedOperation;
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Values that exist, by the name of a parameter or field. Instants lie around `aroundMs`. */
export interface Known {
  names: Readonly<Record<string, readonly string[]>>;
  aroundMs: number;
}

const INSTANTS = new Set(['start', 'end', 'at', 'before', 'timestamp', 'expires']);
const RUBBISH = [
  ...['', ' ', '0', '-1', '1e400', 'NaN', 'null', 'true', '[]', '{}', '\u0000', '../../etc/passwd', '..%2f..'],
  ...['cam_9', 'ø☃😀', "' OR 1=1 --", '<script>', '%', '%zz', 'a/b', '2026-02-30T25:61:00Z', 'x'.repeat(3000)],
];
const HEADERS: Record<string, string>[] = [
  {},
  ...[{ range: 'bytes=0-9' }, { range: 'bytes=-5' }, { range: 'bytes=9-0' }, { range: 'bytes=99999999999-' }],
  ...[{ range: 'bytes=0-1,4-5' }, { range: 'lines=1-2' }, { 'if-none-match': '*' }, { 'if-none-match': '"x"' }],
  ...[{ range: 'bytes=0-9', 'if-range': '"x"' }, { accept: 'text/html' }, { accept: 'nothing/at-all' }],
];

/** Every operation is as likely as any other. */
export function apiRequests(document: OpenApiDocument, known: Known): fc.Arbitrary<ApiRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return fc.constantFrom(...operations).chain(({ path, method, operation }) =>
    fc
      .record({
        path: pathOf(path, operation, known),
        query: queryOf(operation, known),
        headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, fc.constantFrom(...HEADERS)),
        body: bodyOf(operation, known),
        method: method === 'GET' ? fc.constantFrom('GET', 'GET', 'GET', 'HEAD') : fc.constant(method),
      })
      .map(({ path: filled, query, headers, body, method: asked }) => ({
        operation,
        method: asked,
        path: query === '' ? filled : `${filled}?${query}`,
        headers,
        ...(method === 'POST' && { body }),
      })),
  );
}

function pathOf(path: string, { parameters }: DocumentedOperation, known: Known): fc.Arbitrary<string> {
  const names = parameters.filter((one) => one.in === 'path');
  const values = Object.fromEntries(
    names.map(({ name, schema }) => [name, valueOf(nameIn(path, name), schema, known).map(segmentOf)]),
  );
  return fc
    .record(values)
    .map((given) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (given as Record<string, string>)[name] ?? 'x'));
}

/** `id` means another thing in each path: its values are known by what stands before it. */
function nameIn(path: string, name: string): string {
  return name === 'id' ? (/\/(\w+)\/\{id\}/.exec(path)?.[1] ?? name) : name;
}

/** What is empty or only dots would be another path. Slashes stay: keys have them. */
function segmentOf(value: string): string {
  const written = value.split('/').map(encodeURIComponent).join('/');
  return /^[./]*$/.test(written) ? 'x' : written;
}

function queryOf({ parameters }: DocumentedOperation, known: Known): fc.Arbitrary<string> {
  const fields = parameters.filter((one) => one.in === 'query');
  const model = Object.fromEntries(fields.map(({ name, schema }) => [name, valueOf(name, schema, known)]));
  const needed = fields.filter(({ required }) => required).map(({ name }) => name);
  const usual = fc.record(model, { requiredKeys: needed });
  const some = fc.record(model, { requiredKeys: [] });
  return fc.oneof({ weight: 4, arbitrary: usual }, some).map((given) =>
    Object.entries(given as Record<string, string>)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&'),
  );
}

function bodyOf({ requestBody }: DocumentedOperation, known: Known): fc.Arbitrary<string> {
  const schema = requestBody?.content['application/json']?.schema ?? {};
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const model = Object.fromEntries(fields.map(([name, field]) => [name, valueOf(name, field, known)]));
  const usual = fc.record(model, { requiredKeys: Object.keys(model) });
  const some = fc.record(model, { requiredKeys: [] });
  const object = fc.oneof({ weight: 3, arbitrary: usual }, some).map((given) => JSON.stringify(given));
  const other = fc.oneof(fc.json(), fc.constantFrom('', '{', '[1]', '"x"', 'a=b&c=d', '\u0000', 'null'));
  return fc.oneof({ weight: 4, arbitrary: object }, other);
}

/** A value as text: one that is known, one that the schema allows, or rubbish. */
function valueOf(name: string, schema: JsonSchema, known: Known): fc.Arbitrary<string> {
  const likely = known.names[name] ?? [];
  const rubbish = fc.oneof(fc.constantFrom(...RUBBISH), fc.string({ maxLength: 20, unit: 'binary' }));
  if (INSTANTS.has(name)) return fc.oneof({ weight: 6, arbitrary: instantOf(known.aroundMs) }, rubbish);
  const own = fc.oneof(fromSchema(schema), ...(likely.length > 0 ? [fc.constantFrom(...likely)] : []));
  const usual = likely.length > 0 ? fc.constantFrom(...likely) : own;
  return fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: own }, { weight: 1, arbitrary: rubbish });
}

/** An instant near the footage in any form that is taken, or far from it. */
function instantOf(aroundMs: number): fc.Arbitrary<string> {
  const near = fc.integer({ min: -30_000, max: 60_000 }).map((ms) => aroundMs + ms);
  const far = fc.integer({ min: -40 * 86_400_000, max: 40 * 86_400_000 }).map((ms) => aroundMs + ms);
  const ms = fc.oneof({ weight: 4, arbitrary: near }, far);
  const forms: ((at: number) => string)[] = [
    (at) => new Date(at).toISOString(),
    (at) => new Date(at).toISOString().replace('Z', '+00:00'),
    (at) => String(at / 1000),
    (at) => String(at),
    (at) => `${at}000`,
  ];
  return fc.tuple(ms, fc.constantFrom(...forms)).map(([at, form]) => form(at));
}

function fromSchema(schema: JsonSchema): fc.Arbitrary<string> {
  const { enum: values, type, minimum, maximum } = schema;
  if (Array.isArray(values)) return fc.constantFrom(...values.map(String));
  if (type === 'integer' || type === 'number') {
    const whole = (value: unknown, preset: number): number =>
      typeof value === 'number' && Number.isSafeInteger(value) ? value : preset;
    const [min, max] = [whole(minimum, -1000), whole(maximum, 2_000_000_000)];
    return fc.integer({ min: min - 1, max: Math.min(max + 1, Number.MAX_SAFE_INTEGER) }).map(String);
  }
  return fc.string({ minLength: 1, maxLength: 30 });
}
