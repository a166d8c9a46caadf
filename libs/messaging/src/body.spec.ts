import { gzipSync } from 'node:zlib';
import { excerpt, glance, parseBody } from './body';

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
    ["Python's str() of a dict", bytes("{'camera_id': 'cam_1'}"), /json\.dumps/],
    ['gzip', gzipSync('{"camera_id":"cam_1"}'), /gzip/],
    ['base64', bytes(Buffer.from('{"camera_id":"cam_1"}').toString('base64')), /base64/],
    ['XML', bytes('<event camera="cam_1"/>'), /XML/],
    ['a form', bytes('camera_id=cam_1&event_type=person'), /form/],
    ['two objects', bytes('{"camera_id":"cam_1"}\n{"camera_id":"cam_2"}'), /wanted JSON/],
  ])('%s is an invalid payload', (_, body, reason) => {
    expect(faultOf(body)).toMatchObject({ code: 'invalid_payload', message: expect.stringMatching(reason) as string });
  });

  it.each<[string, Uint8Array]>([
    ['with a byte order mark', bytes('\ufeff{"camera_id":"cam_1"}')],
    ['with a line feed', bytes('{"camera_id":"cam_1"}\r\n')],
    ['with the NUL of a C string', bytes('{"camera_id":"cam_1"}\u0000')],
    ['in UTF-16 with a mark, as PowerShell writes files', Buffer.from('\ufeff{"camera_id":"cam_1"}', 'utf16le')],
    ['in UTF-16 without one', Buffer.from('{"camera_id":"cam_1"}', 'utf16le')],
    ['in big-endian UTF-16', Buffer.from('\ufeff{"camera_id":"cam_1"}', 'utf16le').swap16()],
  ])('%s is read', (_, body) => {
    expect(parseBody(body)).toEqual({ camera_id: 'cam_1' });
  });

  it.each<[string, Uint8Array]>([
    ['text', bytes("{'camera_id': 'cam_1'}")],
    ['gzip', gzipSync('{"camera_id":"cam_1"}')],
    ['base64', bytes(Buffer.from('{"camera_id":"cam_1"}').toString('base64'))],
    ['UTF-16', Buffer.from("{'camera_id': 'cam_1'}", 'utf16le')],
    ['MessagePack', Buffer.from('81a963616d6572615f6964a563616d5f31', 'hex')],
  ])('can be looked through for names as %s', (_, body) => {
    expect(glance(body)).toContain('cam_1');
  });

  it('that unzips to gigabytes is not unzipped', () => {
    expect(glance(gzipSync(Buffer.alloc(10_000_000)))).not.toHaveLength(10_000_000);
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
