import { runLongCommand, type LongCommands } from './long-commands';
import { benchOf, runLongForm } from './long-forms';
import { reported } from './reported';

const BENCHES: LongCommands = {
  record: {
    shows: 'CPU, memory and bytes of recording, beside as many bare `ffmpeg -c copy -f segment`',
    takes: 'some minutes',
    defaults: { cameras: '4,16,64', seconds: '60', windows: '3', source: 'both' },
    builds: ['recorder'],
    run: async (o) => {
      const { benchRecord } = await import('../apps/e2e/src/proofs/bench-record');
      const source = o.oneOf('source', ['native', 'ffmpeg', 'both']);
      const options = {
        cameras: o.wholes('cameras'),
        seconds: o.whole('seconds'),
        windows: o.whole('windows'),
        sources: source === 'both' ? (['native', 'ffmpeg'] as const) : [source],
      };
      return reported((report) => benchRecord(options, report));
    },
  },
  clips: {
    shows: 'from an event to its clip and snapshot, from a request to its snapshot, and what a burst costs',
    takes: 'some minutes',
    defaults: { size: '1280x720', events: '40', requests: '40', burst: '100' },
    builds: ['recorder', 'clipper', 'snapshotter', 'console'],
    run: (o) => {
      o.size('size');
      return runLongForm(
        {
          chosen: benchOf('clips.bench'),
          variables: { size: 'BENCH_SIZE', events: 'BENCH_EVENTS', requests: 'BENCH_REQUESTS', burst: 'BENCH_BURST' },
        },
        o,
      );
    },
  },
  snapshots: {
    shows: 'how long snapshots take, beside plain ffmpeg on the same footage',
    takes: 'some minutes',
    defaults: { events: '40', requests: '40', 'flood-seconds': '30' },
    builds: ['recorder', 'snapshotter'],
    run: (o) =>
      runLongForm(
        {
          chosen: benchOf('snapshots'),
          variables: { events: 'BENCH_EVENTS', requests: 'BENCH_REQUESTS', 'flood-seconds': 'BENCH_FLOOD_SECONDS' },
        },
        o,
      ),
  },
  janitor: {
    shows: 'the janitor over a million segments, beside `find -mtime +7 -delete` on a tree of the same files',
    takes: 'some minutes',
    defaults: { days: '11', cameras: '64' },
    builds: ['janitor'],
    run: async (o) => {
      const { benchJanitor } = await import('./benches/janitor');
      await benchJanitor({ days: o.whole('days'), cameras: o.whole('cameras') });
      return true;
    },
  },
  ranges: {
    shows: 'from the request for `clip.mp4` to its first byte, for ranges of 10 s to an hour',
    takes: 'two minutes',
    defaults: { requests: '60' },
    builds: ['console'],
    run: async (o) => {
      const { benchClipRanges } = await import('./benches/clip-ranges');
      await benchClipRanges({ requests: o.whole('requests') });
      return true;
    },
  },
  index: {
    shows: 'how long a player waits for the index and the playlist of a day, and for the timeline of a week',
    takes: 'two minutes',
    defaults: { cameras: '64', days: '7', 'gop-seconds': '1', requests: '10' },
    builds: ['console'],
    run: async (o) => {
      const { benchFootageIndex } = await import('./benches/footage-index');
      const [cameras, days, requests] = [o.whole('cameras'), o.whole('days'), o.whole('requests')];
      await benchFootageIndex({ cameras, days, requests, gopSeconds: o.whole('gop-seconds') });
      return true;
    },
  },
  boot: {
    shows: 'from the start of the recorder to its first picture, its CPU and files by then, and what five workers hold',
    takes: 'three minutes',
    defaults: { starts: '10', against: 'none' },
    builds: ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'],
    run: async (o) => {
      const { benchBoot } = await import('./benches/boot');
      await benchBoot({ starts: o.whole('starts'), against: o.text('against') });
      return true;
    },
  },
  secrets: {
    shows: 'what it costs to mask 1 MB of hostile text by 100 and by 1,000 secrets',
    takes: 'some minutes',
    defaults: {},
    builds: [],
    run: async () => {
      const { benchSecrets } = await import('./benches/secrets');
      benchSecrets();
      return true;
    },
  },
};

runLongCommand('bench', BENCHES);
