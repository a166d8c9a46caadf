import { liveMessage, liveRequest, type LiveMessage } from '@vr/contracts';
import { mayAsk, mayHear, REQUEST_RIGHTS, TOLD_RIGHTS } from './live-rights';

const viewer = { role: 'viewer', sees: (id: string) => id === 'cam_1' } as const;
const stranger = { role: undefined, sees: () => true };
const state = (id: string): LiveMessage =>
  liveMessage.parse({ op: 'state', camera_id: id, state: 'recording', since: 1 });

describe('the rights of messages on /api/live', () => {
  it.each([
    ['from a page', liveRequest, REQUEST_RIGHTS],
    ['from the server', liveMessage, TOLD_RIGHTS],
  ])('cover every one %s, and each that names a camera is of those who see it', (_, messages, rights) => {
    const named = messages.options.map(({ shape }) => [shape.op.value, { ofCamera: 'camera_id' in shape }]);
    expect(rights).toMatchObject(Object.fromEntries(named) as object);
    expect(Object.keys(rights)).toHaveLength(named.length);
  });

  it('let a viewer hear of his cameras only, and a stranger of none', () => {
    expect([mayHear(viewer, state('cam_1')), mayHear(viewer, state('cam_2'))]).toEqual([true, false]);
    expect([mayHear(stranger, state('cam_1')), mayHear(stranger, { op: 'hello', at: 1 })]).toEqual([false, false]);
    const watch = (id: string) => liveRequest.parse({ op: 'watch', id: 1, camera_id: id });
    expect([mayAsk(viewer, watch('cam_1')), mayAsk(viewer, watch('cam_2'))]).toEqual([true, false]);
    expect([mayAsk(viewer, { op: 'unwatch', id: 1 }), mayAsk(stranger, watch('cam_1'))]).toEqual([true, false]);
  });
});
