import { Turns } from './turns';

describe('Turns', () => {
  it(
    'takes work on one name in the order in which it came, also after a failure, and on others ' + 'beside it',
    async () => {
      const turns = new Turns();
      const order: string[] = [];
      let begin = (): void => undefined;
      const promise = new Promise<void>((resolve) => (begin = resolve));
      const first = turns.take('a', async () => {
        await promise;
        order.push('a 1');
        throw new Error('a 1 failed');
      });
      const second = turns.take('a', async () => {
        order.push('a 2');
        return 2;
      });
      await turns.take('b', async () => order.push('b'));
      begin();
      await expect(first).rejects.toThrow('a 1 failed');
      expect(await second).toBe(2);
      expect(order).toEqual(['b', 'a 1', 'a 2']);
    },
  );
});
