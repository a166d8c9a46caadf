import { runLongCommand, type LongCommands } from './long-commands';
import { runLongForm, testOf } from './long-forms';
import { reported } from './reported';

const PROOFS: LongCommands = {
  cameras: {
    shows: 'cameras whose stamps, rates, reports and tracks are wrong: each picture at its time',
    takes: '6 min',
    defaults: { seed: '1', cells: '60', seconds: '40' },
    builds: ['recorder'],
    run: async (o) => {
      const { proveCameras } = await import('../apps/e2e/src/proofs/cameras');
      const options = { seed: o.whole('seed'), cells: o.whole('cells'), seconds: o.whole('seconds') };
      return reported((report) => proveCameras(options, report));
    },
  },
  kills: {
    shows: 'SIGKILLs to the recorder at moments of chance: what is lost, doubled, left open, untold',
    takes: '20 min',
    defaults: { seed: '1', kills: '200' },
    builds: ['recorder'],
    run: async (o) => {
      const { proveKills } = await import('../apps/e2e/src/proofs/kills');
      return reported((report) => proveKills({ seed: o.whole('seed'), kills: o.whole('kills') }, report));
    },
  },
  stamps: {
    shows: 'each frame’s time against the truth in it, over links that are late by 0 to 300 ms',
    takes: '10 min',
    defaults: { minutes: '10', seed: '1' },
    builds: ['recorder'],
    run: async (o) => {
      const { proveStamps } = await import('../apps/e2e/src/proofs/stamps');
      return reported((report) => proveStamps({ minutes: o.positive('minutes'), seed: o.whole('seed') }, report));
    },
  },
  rtsp: {
    shows:
      'what reads cameras bears bytes of real sessions that were changed at random: no crash, no hang, memory flat',
    takes: '15 min',
    defaults: { count: '1000000', seed: '1' },
    builds: [],
    run: async (o) => {
      const { proveRtspBytes } = await import('./proofs/rtsp-bytes');
      return reported((report) => proveRtspBytes({ count: o.whole('count'), seed: o.whole('seed') }, report));
    },
  },
  soak: {
    shows: 'file descriptors, memory and event-loop delay of the recorder stay flat over many segments',
    takes: '10 min',
    defaults: { minutes: '10' },
    builds: ['recorder'],
    run: async (o) => {
      const { proveSoak } = await import('../apps/e2e/src/proofs/soak');
      return reported((report) => proveSoak({ minutes: o.positive('minutes') }, report));
    },
  },
  clips: {
    shows: 'clips of random windows against the truth in their pictures, and some of them in Chromium',
    takes: 'some minutes',
    defaults: { windows: '100', 'footage-seconds': '90' },
    builds: ['recorder', 'clipper'],
    run: async (o) => {
      const { proveClips } = await import('./proofs/clips');
      return proveClips(o);
    },
  },
  chaos: {
    shows: 'events over three cameras while clipper, Redis, NATS and the S3 server are killed: one clip each',
    takes: '3 min',
    defaults: { events: '300', kills: '40', seed: '1' },
    builds: ['recorder', 'clipper'],
    run: (o) =>
      runLongForm(
        {
          chosen: testOf('e2e', 'clips-chaos'),
          variables: { events: 'CHAOS_EVENTS', kills: 'CHAOS_KILLS', seed: 'CHAOS_SEED' },
        },
        o,
      ),
  },
  flood: {
    shows: '1,000 events in a minute, and what the recorder notices of them',
    takes: 'some minutes',
    defaults: { events: '1000', seconds: '60', size: '1280x720' },
    builds: ['recorder', 'clipper', 'snapshotter'],
    run: (o) =>
      runLongForm(
        {
          chosen: testOf('e2e', 'clips-flood'),
          variables: { events: 'FLOOD_EVENTS', seconds: 'FLOOD_SECONDS', size: 'FLOOD_SIZE' },
        },
        o,
      ),
  },
  memory: {
    shows: 'the clipper’s memory while clips of 1 GB are cut and uploaded',
    takes: 'some minutes',
    defaults: { megabytes: '1000', clips: '3' },
    builds: ['clipper'],
    run: (o) =>
      runLongForm(
        {
          chosen: testOf('clipper', 'memory'),
          variables: { megabytes: 'MEMORY_CLIP_MB', clips: 'MEMORY_CLIPS' },
        },
        o,
      ),
  },
  api: {
    shows: 'requests by chance get answers as the OpenAPI document says, and none of 5xx',
    takes: 'some minutes',
    defaults: { requests: '10000', seed: '1' },
    builds: ['console', 'clipper', 'snapshotter', 'janitor'],
    run: (o) =>
      runLongForm(
        { chosen: testOf('console', 'api-answers'), variables: { requests: 'API_REQUESTS', seed: 'API_SEED' } },
        o,
      ),
  },
  outage: {
    shows: 'a full disk and a store that is away, for minutes: no event is lost',
    takes: 'over 5 min',
    defaults: { seconds: '240' },
    builds: ['recorder', 'clipper', 'snapshotter'],
    run: (o) => runLongForm({ chosen: testOf('e2e', 'clips-outage'), variables: { seconds: 'OUTAGE_SECONDS' } }, o),
  },
  snapshots: {
    shows: 'snapshots of random instants against the truth, and events while snapshotter and store are killed',
    takes: 'some minutes',
    defaults: { instants: '40', events: '120', kills: '20', seed: '1' },
    builds: ['recorder', 'snapshotter'],
    run: (o) =>
      runLongForm(
        {
          chosen: testOf('e2e', 'snapshots-'),
          variables: {
            instants: 'TRUTH_INSTANTS',
            events: 'OUTBOX_EVENTS',
            kills: 'OUTBOX_KILLS',
            seed: 'OUTBOX_SEED',
          },
          always: { TRUTH_FOOTAGE_SECONDS: '60' },
        },
        o,
      ),
  },
  wipe: {
    shows: 'a hostile client asks for more than there is room for: footage stays (root)',
    takes: 'some minutes',
    defaults: { requests: '1000', seed: '12' },
    builds: ['janitor', 'clipper', 'snapshotter', 'console'],
    run: (o) =>
      runLongForm({ chosen: testOf('e2e', 'wipe'), variables: { requests: 'WIPE_REQUESTS', seed: 'WIPE_SEED' } }, o),
  },
  janitor: {
    shows: 'SIGKILLs to the janitor in the middle of a pass: nothing young goes, nothing goes untold',
    takes: 'some minutes',
    defaults: { kills: '100', seed: '2026', files: '3000' },
    builds: [], // its short form runs beside tests that use the same build
    run: async (o) => {
      const { proveJanitor } = await import('./proofs/janitor');
      return proveJanitor({ kills: o.whole('kills'), seed: o.whole('seed'), files: o.whole('files') });
    },
  },
  disk: {
    shows: 'real recordings fill a small disk: recording goes on, the oldest footage goes first (root)',
    takes: '6 min',
    defaults: { seconds: '300', megabytes: '256', cameras: '4', size: '1920x1080', 'segment-seconds': '15' },
    builds: [], // its short form runs beside tests that use the same builds
    run: async (o) => {
      const { proveDisk } = await import('./proofs/disk');
      return proveDisk({
        seconds: o.whole('seconds'),
        megabytes: o.whole('megabytes'),
        cameras: o.whole('cameras'),
        size: o.size('size'),
        segmentSeconds: o.whole('segment-seconds'),
      });
    },
  },
  players: {
    shows: 'how many pictures ffmpeg, Chromium and OpenCV make of a playlist over ten seams (OpenCV from PyPI)',
    takes: 'some minutes',
    defaults: {},
    builds: [],
    run: async () => {
      const { provePlayers } = await import('./proofs/players');
      return provePlayers();
    },
  },
  proxy: {
    shows: 'the examples of deploy/proxy, run: Caddy and nginx with TLS before the console',
    takes: 'some minutes',
    defaults: {},
    builds: ['console'],
    run: async () => {
      const { proveProxies } = await import('./proofs/proxy');
      return proveProxies();
    },
  },
};

runLongCommand('proof', PROOFS);
