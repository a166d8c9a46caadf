import { excerpt, parseBody, tryParseBody } from './body';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function faultOf(body: Uint8Array): unknown {
  try {
    return parseBody(body);
  } catch (error) {
    return error;
  }
}

describe('a body', () => {
  it('reaches the handler as sent, `data` and all', () => {
    expect(parseBody(bytes('{"data":{"data":1}}'))).toEqual({ data: { data: 1 } });
  });

  it.each([
    ['nothing', new Uint8Array(), /empty body/],
    ['no JSON', bytes('{"a":'), /wanted JSON/],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /not UTF-8/],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /not UTF-8/],
  ])('%s is an invalid payload', (_, body, reason) => {
    expect(faultOf(body)).toMatchObject({ code: 'invalid_payload', message: expect.stringMatching(reason) as string });
    expect(tryParseBody(body)).toBeUndefined();
  });

  it('survives JSON that is nested deeper than any stack', () => {
    const deep = bytes('['.repeat(400_000));
    expect(faultOf(deep)).toMatchObject({ code: 'invalid_payload' });
  });

  it('is shown in the log by its first 200 characters, cut between characters', () => {
    expect(excerpt(bytes('é'.repeat(500)))).toBe('é'.repeat(200));
    expect(excerpt(Uint8Array.of(0xff, 0x41))).toBe('\ufffdA');
  });
});
