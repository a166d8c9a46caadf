import { firstFragmentEnd } from './whole-fragments';

function box(type: string, sizeBytes: number, said = sizeBytes): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt32BE(said);
  bytes.write(type, 4, 'latin1');
  return bytes;
}
const [prft, moof, mdat] = [box('prft', 24), box('moof', 100), box('mdat', 60)];

describe('the first fragment', () => {
  it('ends with its mdat', () => {
    expect(firstFragmentEnd(Buffer.concat([prft, moof, mdat, prft, moof, mdat]))).toBe(184);
  });

  it.each([
    ['its mdat is cut', Buffer.concat([prft, moof, mdat.subarray(0, 59)])],
    ['a head is cut', Buffer.concat([moof, mdat.subarray(0, 7)])],
    ['a box says that it has no length', Buffer.concat([box('moof', 100, 0), mdat])],
    ['there is nothing', Buffer.alloc(0)],
  ])('is not known where %s', (_, bytes) => {
    expect(firstFragmentEnd(bytes)).toBeUndefined();
  });
});
