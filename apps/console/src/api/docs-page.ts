/**
 * The OpenAPI document as a page. It is plain HTML with a style of ours: no script runs and nothing foreign is asked
 * for, so it holds under the strictest policy (docs/decisions, "The API's page is plain HTML").
 */
import type { DocumentedOperation, JsonSchema, OpenApiDocument } from './document';

const STYLE_PATH = '/api/docs/style.css';

export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = document.tags.flatMap(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return own.length === 0 ? [] : [`<section><h2>${text(name)}</h2>${own.map(operationHtml).join('')}</section>`];
  });
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `<h3 id="${text(name)}">${text(name)}</h3>${schemaHtml(schema)}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API of ${text(document.info.title)}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<header><h1>API of ${text(document.info.title)}</h1>
<p>${code(document.info.description)}
For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p></header>
<main>
${sections.join('\n')}
<section><h2>Schemas</h2>${schemas.join('')}</section>
</main>
</body>
</html>
`;
}

function operationHtml(of: { path: string; method: string; operation: DocumentedOperation }): string {
  const { path, method, operation } = of;
  const { parameters, requestBody, responses, summary, description = '' } = operation;
  const rows = parameters.map(({ name, in: place, required, schema, description: says }) =>
    row([`<code>${text(name)}</code>${required ? ' *' : ''}`, place, kindHtml(schema), code(says ?? '')]),
  );
  const answers = Object.entries(responses).map(([status, { description: says, content = {} }]) =>
    row([status, code(says), ...[Object.entries(content).map(contentHtml).join('')]]),
  );
  const body = Object.entries(requestBody?.content ?? {}).map(contentHtml);
  return `<details id="${text(operation.operationId)}"><summary><b class="${method}">${method.toUpperCase()}</b>
<code>${text(path)}</code> <span>${code(summary)}</span></summary>
<p>${code(description)}</p>
${rows.length > 0 ? table('Parameters', rows) : ''}
${body.length > 0 ? `<h4>Body</h4>${body.join('')}` : ''}
${table('Answers', answers)}</details>`;
}

function table(name: string, rows: readonly string[]): string {
  return `<h4>${name}</h4><table>${rows.join('')}</table>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function contentHtml([type, { schema }]: [string, { schema: JsonSchema }]): string {
  return type === 'application/json' ? schemaHtml(schema) : `<code>${text(type)}</code>`;
}

/** A schema with its fields, or its kind alone. */
function schemaHtml(schema: JsonSchema): string {
  const fields = Object.entries(objectOf(schema['properties']));
  if (fields.length === 0) return `<p>${kindHtml(schema)}</p>`;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const rows = fields.map(([name, field]) => {
    const inner = objectOf(field);
    const says = typeof inner['description'] === 'string' ? inner['description'] : '';
    const mark = required.includes(name) ? ' *' : '';
    return row([`<code>${text(name)}</code>${mark}`, fieldHtml(inner), code(says)]);
  });
  return `<table>${rows.join('')}</table>`;
}

function fieldHtml(schema: JsonSchema): string {
  if (schema['properties'] !== undefined) return schemaHtml(schema);
  const items = objectOf(schema['items']);
  return items['properties'] === undefined ? kindHtml(schema) : `list of ${schemaHtml(items)}`;
}

/** The kind of a value in a few words: `number, 1 to 200`, `list of Clip`, `"up" | "down"`. */
function kindHtml(schema: JsonSchema): string {
  const { $ref, enum: values, const: value, anyOf, oneOf, items, minimum, maximum, default: preset } = schema;
  if (typeof $ref === 'string') {
    const name = text($ref.split('/').at(-1) ?? '');
    return `<a href="#${name}">${name}</a>`;
  }
  if (Array.isArray(values)) return values.map((one) => `<code>${text(JSON.stringify(one))}</code>`).join(' | ');
  if (value !== undefined) return `<code>${text(JSON.stringify(value))}</code>`;
  const either = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined;
  if (either) return either.map((one) => kindHtml(objectOf(one))).join(' or ');
  if (items !== undefined) return `list of ${kindHtml(objectOf(items))}`;
  const type = schema['type'];
  const kind = Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'any value';
  const isBounded = typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER;
  const bounds = isBounded ? `, ${minimum} to ${maximum}` : '';
  return text(`${kind}${bounds}${preset === undefined ? '' : `, else ${JSON.stringify(preset)}`}`);
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Text in which backticks stand around code. */
function code(value: string): string {
  return text(value).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
