/** Whether an answer is one that the OpenAPI document allows: its status, its type, and every field of its JSON. */
import { z } from 'zod';
import type { DocumentedOperation, JsonSchema, OpenApiDocument } from '../api/document';

export interface GivenAnswer {
  status: number;
  /** Without parameters. */
  type: string;
  text: string;
}

export class DocumentJudge {
  private readonly read = new Map<JsonSchema, z.ZodType>();

  constructor(private readonly document: OpenApiDocument) {}

  /** A sentence, where the answer is not as documented. */
  faultOf({ responses }: DocumentedOperation, method: string, answer: GivenAnswer): string | undefined {
    const response = responses[answer.status];
    if (!response) return `status ${answer.status} is not documented: ${answer.text.slice(0, 200)}`;
    if (method === 'HEAD') return undefined;
    const types = Object.entries(response.content ?? {});
    if (types.length === 0)
      return answer.text === '' ? undefined : `wanted no content, got ${answer.text.slice(0, 100)}`;
    const fits = types.find(([type]) => type === '*/*' || type === answer.type);
    if (!fits) return `wanted ${types.map(([type]) => type).join(' or ')}, got ${answer.type}`;
    return fits[0] === 'application/json' ? this.faultIn(answer.text, fits[1].schema) : undefined;
  }

  private faultIn(text: string, schema: JsonSchema): string | undefined {
    const result = this.reader(schema).safeParse(JSON.parse(text));
    return result.success ? undefined : `${z.prettifyError(result.error)} in ${text.slice(0, 300)}`;
  }

  private reader(schema: JsonSchema): z.ZodType {
    const known = this.read.get(schema);
    if (known) return known;
    const whole = { ...schema, $defs: this.document.components.schemas };
    const text = JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/');
    const reader = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
    this.read.set(schema, reader);
    return reader;
  }
}
