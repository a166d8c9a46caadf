import { maskSecrets, parseLooseJson, msOf, type Instant } from '@vr/base';
import { z } from 'zod';
import { ContractError } from './errors';

const FAULTS_SHOWN = 5;
const LONGEST_MESSAGE = 500;

/** Reads what came from outside by its schema. Throws `invalid_payload` with every fault in one sentence. */
export function readPayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  throw refusal(result.error.issues);
}

function refusal(issues: readonly { path: PropertyKey[]; message: string }[]): ContractError {
  const faults = issues.map(({ path, message }) => `${path.map(String).join('.') || 'payload'}: ${message}`);
  const field = issues[0]?.path[0];
  return new ContractError('invalid_payload', faults.slice(0, FAULTS_SHOWN).join('; ').slice(0, LONGEST_MESSAGE), {
    ...(field !== undefined && { field: String(field) }),
  });
}

/** A fault of one field that the schema could not find: `end: wanted an end after the start`. */
export function invalidField(field: string, wanted: string): ContractError {
  return new ContractError('invalid_payload', `${field}: ${wanted}`, { field });
}

/** All fields of an object from outside, as they were sent. They travel with a clip or snapshot as its `source`. */
export const sourceFields = z.record(z.string(), z.unknown());
export type SourceFields = z.infer<typeof sourceFields>;

/** What a reader's `toOurs` gets beside the fields. */
export class OutsideMessage {
  /** A time came without a zone, and we read it in the machine's (TZ). The answer then says `timestamp_assumed`. */
  assumed: true | undefined;

  constructor(
    /** The whole object, as sent. */
    readonly source: SourceFields,
    private readonly cameMs: number,
  ) {}

  /** An instant in ms since the epoch, UTC. */
  ms(instant: Instant): number {
    if (instant.assumed) this.assumed = true;
    return msOf(instant, this.cameMs);
  }

  /** An instant that may be absent. */
  msIfThere(instant: Instant | undefined): number | undefined {
    return instant && this.ms(instant);
  }

  /** A range of footage. */
  range({ start, end }: { start: Instant; end: Instant }): { startMs: number; endMs: number } {
    const [startMs, endMs] = [this.ms(start), this.ms(end)];
    if (endMs <= startMs) throw invalidField('end', 'wanted an end after the start');
    return { startMs, endMs };
  }
}

/**
 * Reads a message from outside that came at `cameMs`. Throws `invalid_payload` with every fault, and names the field of
 * the first.
 */
export type PayloadReader<T> = (payload: unknown, cameMs: number) => T;

/**
 * A reader of an outside object. `fields` reads the known fields, and `toOurs` turns them into our names and units.
 * `toOurs` also gets the whole object, because unknown fields are never dropped. What programs write for "no value"
 * (null, NaN, blank text) counts as absent.
 */
export function payloadReader<F extends z.ZodRawShape, T>(
  fields: F,
  toOurs: (read: z.output<z.ZodObject<F>>, message: OutsideMessage) => T,
): PayloadReader<T> {
  const schema = z.object(fields);
  return (payload, cameMs) => {
    const source = outsideObject(payload);
    const result = schema.safeParse(knownFields(source, Object.keys(fields)));
    if (result.success) return toOurs(result.data, new OutsideMessage(source, cameMs));
    throw refusal(
      result.error.issues.map((issue) => ({ ...issue, message: issue.message + hint(source, issue.path[0]) })),
    );
  };
}

/**
 * Unwraps the object from what clients put round it: Nest's `{pattern, data}`, and text that holds JSON (encoded
 * twice). Anything else reaches us as sent, `{"data": {...}}` included.
 */
export function openEnvelope(payload: unknown): unknown {
  const opened = fromText(payload);
  return isObject(opened) &&
    Object.hasOwn(opened, 'pattern') &&
    Object.hasOwn(opened, 'data') &&
    cameraField(opened) === undefined
    ? fromText(opened['data'])
    : opened;
}

/** Unwraps the object that somebody sent. Throws `invalid_payload` where it is not an object. */
export function outsideObject(payload: unknown): SourceFields {
  const opened = openEnvelope(payload);
  if (isObject(opened)) return opened;
  throw refusal([{ path: [], message: `wanted a JSON object, got ${shownValue(opened)}` }]);
}

/**
 * Whether a payload says nothing: no value, blank text or an empty list, also in an envelope. An empty object means the
 * same, but it reads well as it is.
 */
export function saysNothing(payload: unknown): boolean {
  const opened = openEnvelope(payload);
  return isAbsent(opened) || (Array.isArray(opened) && opened.length === 0);
}

/** The camera that an object names, as it was sent: `camera_id`, or else `camera`. */
export function cameraField(source: SourceFields): unknown {
  return [source['camera_id'], source['camera']].find((value) => !isAbsent(value));
}

/** A value for a sentence of ours. It is masked before it is cut, because the mask does not know half a secret. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : maskSecrets(JSON.stringify(value), { upTo: 60 });
}

function shownName(name: string): string {
  return maskSecrets(name, { upTo: 40 });
}

export function isObject(value: unknown): value is SourceFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a program writes for "no value". */
export function isAbsent(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'number' && !Number.isFinite(value)) ||
    (typeof value === 'string' && value.trim() === '')
  );
}

function knownFields(source: SourceFields, names: readonly string[]): Record<string, unknown> {
  const known = names.flatMap((name): [string, unknown][] => {
    const value = name === 'camera_id' ? cameraField(source) : Object.hasOwn(source, name) ? source[name] : undefined;
    return isAbsent(value) ? [] : [[name, value]];
  });
  return Object.fromEntries(known);
}

function fromText(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  try {
    return parseLooseJson(payload);
  } catch {
    return payload;
  }
}

/**
 * Where a field is missing, this names a field that was perhaps meant for it, `CameraID` or `data.camera_id`. It shows
 * names and never values.
 */
function hint(source: SourceFields, missing: PropertyKey | undefined): string {
  if (missing === undefined || !isAbsent(source[String(missing)])) return '';
  const plain = (name: string): string => name.replace(/[_-]/g, '').toLowerCase();
  const wanted = missing === 'camera_id' ? ['cameraid', 'camera'] : [plain(String(missing))];
  const isMeant = (name: string): boolean => wanted.includes(plain(name));
  for (const [name, value] of Object.entries(source)) {
    if (isMeant(name) && name !== missing) return ` (${shownName(name)} is there: is it meant?)`;
    const inner = isObject(value) ? Object.keys(value).find(isMeant) : undefined;
    if (inner !== undefined) return ` (${shownName(name)}.${shownName(inner)} is there: it is wanted at the top)`;
  }
  return '';
}
