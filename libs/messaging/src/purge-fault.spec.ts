import { hasPurgeFault } from './purge-fault';

describe('the fault by which an acknowledgement removes all streams', () => {
  it.each([
    '2.2.0',
    '2.9.10',
    '2.9.25',
    '2.10.0',
    '2.10.26',
    '2.10.27-RC.1',
    '2.11.0',
    '2.11.0-preview.2',
    'v2.10.4',
    '1.4.1',
  ])('is in %s', (version) => {
    expect(hasPurgeFault(version)).toBe(true);
  });

  it.each(['2.10.27', '2.10.29', '2.11.1', '2.11.10', '2.12.0', '2.12.0-RC.1', '3.0.0', '', 'dev'])(
    'is not in %s',
    (version) => {
      expect(hasPurgeFault(version)).toBe(false);
    },
  );
});
