import { PassedOver } from './passed-over';

describe('PassedOver', () => {
  it('tells of each file once, and of no more than it may', () => {
    const told: string[] = [];
    const files = new PassedOver(2);
    files.tell('before', 'nobody listens yet');
    files.tellTo((path, reason) => told.push(`${path}: ${reason}`));
    for (const path of ['a', 'a', 'b', 'a', 'c']) files.tell(path, 'too large');
    expect(told).toEqual(['a: too large', 'b: too large']);
  });
});
