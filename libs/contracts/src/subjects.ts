/** Every NATS subject that the product hears or speaks. Names are fixed, because other programs depend on them. */
export const SUBJECTS = {
  cameraFrame: 'seguranca.camera.frame',
  event: 'seguranca.event.*',
  recordSnapshot: 'seguranca.record.snapshot',
  recordClip: 'seguranca.record.clip',
  /** The same as recordClip. The owner's other programs ask by this name. */
  recordingExport: 'seguranca.recording.export',
  recordProtect: 'seguranca.record.protect',
  recordUnprotect: 'seguranca.record.unprotect',
  /** A clip or a snapshot goes, with its objects. */
  recordDelete: 'seguranca.record.delete',
  snapshotReady: 'seguranca.record.snapshot.ready',
  snapshotFailed: 'seguranca.record.snapshot.failed',
  clipReady: 'seguranca.record.clip.ready',
  clipFailed: 'seguranca.record.clip.failed',
  status: 'seguranca.record.status',
  alert: 'seguranca.record.alert',
} as const;

/** The JetStream stream that keeps events until the clipper has them safely in its queue. */
export const EVENT_STREAM = {
  name: 'SEGURANCA_EVENTS',
  subjects: [SUBJECTS.event],
  maxAgeMs: 24 * 3_600_000,
  /** It holds a day of six events a second at a kilobyte each. Beyond that the oldest go. */
  maxBytes: 512 * 1024 ** 2,
  /** NATS takes this much of one message unless it is told otherwise. */
  maxMessageBytes: 1024 ** 2,
} as const;

/**
 * What other programs ask recorders for, and this one does not do. They get an error and no silence. It is not all of
 * `seguranca.record.>`: NATS itself tells at once that nobody listens to a subject, also to one that we serve while its
 * worker is down, and a listener to everything would end that.
 */
export const UNSERVED_REQUESTS = [
  'seguranca.record.start',
  'seguranca.record.stop',
  'seguranca.record.export',
  'seguranca.recording.>',
] as const;
