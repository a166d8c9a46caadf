// Made by `npm run api` of the console’s operations (apps/console/src/api). Edits are lost.
export interface paths {
  '/api/session': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who asks, and what he may see */
    get: operations['whoAmI'];
    put?: never;
    /**
     * Sign in by name and password
     * @description Sets the cookie `vr_session`. Requests by cookie that change something carry `X-CSRF-Token`.
     */
    post: operations['signIn'];
    /** Sign out */
    delete: operations['signOut'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The users */
    get: operations['users'];
    put?: never;
    /**
     * Make a user, or change one
     * @description A new password ends the sessions of the old one. An admin sees all cameras.
     */
    post: operations['putUser'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete a user
     * @description The sessions of the user end.
     */
    delete: operations['deleteUser'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where people are signed in, the newest first
     * @description One’s own sessions; for an admin those of everybody.
     */
    get: operations['sessions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/sessions/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * End a session
     * @description One’s own; an admin that of anybody.
     */
    delete: operations['revokeSession'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The tokens of programs, the newest first
     * @description Without `CONSOLE_API_TOKEN`, which the configuration has.
     */
    get: operations['tokens'];
    put?: never;
    /**
     * Make a token for a program
     * @description It is sent as `Authorization: Bearer TOKEN`. An admin sees all cameras.
     */
    post: operations['makeToken'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tokens/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revoke a token
     * @description It is refused at once.
     */
    delete: operations['revokeToken'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All cameras and how they are */
    get: operations['cameras'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/timeline': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What a range holds: spans, gaps with reasons, events, protections
     * @description At most 31 days. The events are those that have a clip, 500 at most.
     */
    get: operations['cameraTimeline'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/index': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where the key frames of a range are, in which files, with gaps and events
     * @description At most 25 hours. The events are those that have a clip, 500 at most.
     */
    get: operations['cameraIndex'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/footage.m3u8': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A playlist of at most 24 hours onto the recorded files */
    get: operations['cameraPlaylist'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/clip.mp4': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A range of at most an hour as one MP4, at once
     * @description `X-Gaps` says what is missing, `X-Start` and `X-End` what it shows, `X-Partial` whether all is there.
     */
    get: operations['cameraRangeClip'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/snapshot.jpg': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What was on show at a moment, or is now */
    get: operations['cameraStill'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/live.m3u8': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What is recorded now, as an HLS playlist that grows
     * @description For players without MediaSource. The first answer names a playlist for each stream.
     */
    get: operations['cameraLivePlaylist'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/thumb.jpg': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The key frame at or before a moment, small */
    get: operations['cameraThumb'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/footage/{fileName}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The bytes behind a playlist, on its time line */
    get: operations['footageFile'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Events, the newest first: at once, with how far their clips are */
    get: operations['events'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/events/{id}/picture.jpg': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The picture of an event whose clip is not in the store yet */
    get: operations['eventPicture'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/exports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Exports that are made or on their way, the newest first */
    get: operations['exports'];
    put?: never;
    /**
     * Make one file of a range of up to a day
     * @description The same range asked for twice is one export.
     */
    post: operations['makeExport'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/exports/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** An export, and how far it is */
    get: operations['export'];
    put?: never;
    post?: never;
    /** Cancel an export that is being made, or delete one that is made */
    delete: operations['removeExport'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/exports/{id}/file': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The file of an export */
    get: operations['exportFile'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/clips': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Clips that are in the store, the newest first */
    get: operations['clips'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/snapshots': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Snapshots, the newest first */
    get: operations['snapshots'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/clips/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Delete a clip: its objects, its files and its record */
    delete: operations['deleteClip'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/snapshots/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Delete a snapshot: its object, its files and its record */
    delete: operations['deleteSnapshot'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/media/{kind}/{key}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * An object of the store by its name
     * @description `key` has slashes in it: it is the end of `media_path`.
     */
    get: operations['media'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/objects/{key}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * An object of the local store by a signed link
     * @description `key` has slashes in it. Links stand in `url` and `thumbnail_url`.
     */
    get: operations['object'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/protections': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What may not be deleted */
    get: operations['protections'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/protections/{id}/unprotect': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Lift a protection */
    post: operations['unprotect'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/snapshot': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take a snapshot: of now, or of a moment in the footage */
    post: operations['takeSnapshot'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/clip': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make a clip of a range
     * @description The clip stands in `/api/clips` once it is in the store.
     */
    post: operations['makeClip'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/protect': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** From now on nothing of this range is deleted */
    post: operations['protect'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/cameras/{id}/test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** What a camera sends, or why nothing comes, in 10 s */
    post: operations['testCamera'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/camera-test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The same of any RTSP URL. Its password is in no answer */
    post: operations['testCameraUrl'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/storage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Room, footage, budgets, and whether retention fits */
    get: operations['storage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Every worker and what it needs, in sentences
     * @description A worker that does not answer is `down`, and its sentence says why.
     */
    get: operations['health'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The WebSocket of a page: what cameras show now
     * @description Its messages stand in the contract, under Live.
     */
    get: operations['liveSocket'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** This document */
    get: operations['openapi'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/docs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** This document as a page */
    get: operations['docs'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/docs/style.css': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The style of that page */
    get: operations['docsStyle'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether the console answers */
    get: operations['live'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/ready': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Each dependency of the console, in a sentence */
    get: operations['ready'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Metrics for Prometheus */
    get: operations['metrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/shares': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The links that need no account, the newest first
     * @description Of the cameras that one sees. Their addresses are not told again.
     */
    get: operations['shares'];
    put?: never;
    /**
     * Make a link to a range of at most an hour
     * @description Without `expires_at` it ends after 7 days. It ends after 366 days at the latest.
     */
    post: operations['share'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/shares/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revoke a link
     * @description From then on it answers 410.
     */
    delete: operations['revokeShare'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/s/{token}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The page of a link */
    get: operations['sharePage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/s/{token}/clip.mp4': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What a link shows, as one MP4 */
    get: operations['shareClip'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/s/{token}/poster.jpg': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The first picture of what a link shows */
    get: operations['sharePoster'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Error: {
      error: {
        /** @enum {string} */
        code:
          | 'invalid_payload'
          | 'unauthorized'
          | 'forbidden'
          | 'not_found'
          | 'unknown_camera'
          | 'no_footage'
          | 'footage_expired'
          | 'conflict'
          | 'camera_offline'
          | 'too_long'
          | 'too_many_requests'
          | 'storage_unavailable'
          | 'internal';
        /** @description For a person: what was wanted, what came, what to do. */
        message: string;
        /** @description The first field at fault. */
        field?: string;
        retry_after_seconds?: number;
        /** @description Of `no_footage`: the spans before and after. */
        nearest?: components['schemas']['Span'][];
      };
    };
    Span: {
      start: number;
      end: number;
    };
    Session: {
      session_id: string;
      user: string;
      began_at?: number;
      expires_at: number;
      /** @description Where the browser signed in from. */
      address?: string;
      /** @description It is the proof of this request. */
      is_current: boolean;
    };
    ApiToken: {
      token_id: string;
      name: string;
      /** @enum {string} */
      role: 'viewer' | 'operator' | 'admin';
      cameras: '*' | string[];
      created_at: number;
      created_by: string;
    };
    Camera: {
      id: string;
      name: string;
      enabled: boolean;
      /** @enum {string} */
      state: 'connecting' | 'recording' | 'stalled' | 'offline' | 'disk_full' | 'unsupported_codec' | 'disabled';
      since?: number;
      reason?: string;
      codec?: string;
      width?: number;
      height?: number;
      fps?: number;
      bitrate_kbps?: number;
      gop_seconds?: number;
      last_fragment_at?: number;
      packets_lost?: number;
      pictures_dropped?: number;
      /** @enum {string} */
      source?: 'ffmpeg' | 'native';
      sub?: {
        /** @enum {string} */
        state: 'connecting' | 'recording' | 'stalled' | 'offline' | 'disk_full' | 'unsupported_codec' | 'disabled';
        since: number;
        reason?: string;
        codec?: string;
        width?: number;
        height?: number;
      };
      /** @description The end of the newest footage on disk. */
      newest_footage_at?: number;
    };
    Timeline: {
      camera_id: string;
      spans: components['schemas']['Span'][];
      gaps: {
        start: number;
        end: number;
        /** @enum {string} */
        reason:
          | 'camera_refused'
          | 'camera_unauthorized'
          | 'camera_not_found'
          | 'camera_no_video'
          | 'unsupported_codec'
          | 'camera_stalled'
          | 'camera_disconnected'
          | 'camera_timeout'
          | 'stream_changed'
          | 'stream_invalid'
          | 'clock_step'
          | 'disk_full'
          | 'disk_slow'
          | 'disk_error'
          | 'encoder_failed'
          | 'ffmpeg_failed'
          | 'recorder_stopped'
          | 'recorder_killed'
          | 'camera_changed'
          | 'camera_disabled'
          | 'unknown';
      }[];
      events: {
        clip_id: string;
        event_id: string;
        event_type: string;
        timestamp: number;
        start: number;
        end: number;
      }[];
      protections: {
        protection_id: string;
        camera_id: string;
        start: number;
        end: number;
        reason: string;
        expires?: number;
        created_at: number;
      }[];
    };
    FootageIndex: {
      camera_id: string;
      /** @enum {string} */
      stream: 'main' | 'sub';
      /** @description Key frames of a file that lie less than so many seconds apart are left out: 0 where all are listed. The first one of each file is always there. */
      every: number;
      /** @description Sorted by their start. They do not overlap. */
      files: components['schemas']['FootageFile'][];
      gaps: {
        start: number;
        end: number;
        /** @enum {string} */
        reason:
          | 'camera_refused'
          | 'camera_unauthorized'
          | 'camera_not_found'
          | 'camera_no_video'
          | 'unsupported_codec'
          | 'camera_stalled'
          | 'camera_disconnected'
          | 'camera_timeout'
          | 'stream_changed'
          | 'stream_invalid'
          | 'clock_step'
          | 'disk_full'
          | 'disk_slow'
          | 'disk_error'
          | 'encoder_failed'
          | 'ffmpeg_failed'
          | 'recorder_stopped'
          | 'recorder_killed'
          | 'camera_changed'
          | 'camera_disabled'
          | 'unknown';
      }[];
      events: {
        clip_id: string;
        event_id: string;
        event_type: string;
        timestamp: number;
        start: number;
        end: number;
      }[];
    };
    FootageFile: {
      /** @description Its bytes are at `/api/footage/FILE`. */
      file: string;
      /** @description Zero of its media time. It begins with its first key frame, so with `at[0]` ms after it. */
      start: number;
      /** @description Of what is listed of it here. */
      end: number;
      /**
       * @description It is being written, and will grow.
       * @constant
       */
      open?: true;
      /** @description Of the picture, as a camera has it: `h264`. */
      codec: string;
      /** @description As `MediaSource.isTypeSupported` wants it: `avc1.4d401f,mp4a.40.2`. */
      codecs: string;
      width: number;
      height: number;
      /** @description The length of its init segment, which the file begins with. */
      init_bytes: number;
      keys: {
        /** @description When each is decoded, in ms: the first since `start` of its file, every other since the one before. */
        at: number[];
        /** @description Bytes from the end of the group before to where this one begins. For the first: from the beginning of the file. */
        skip: number[];
        /** @description Bytes of the group: the key frame, with all that follows up to the next key frame of the file. */
        size: number[];
      };
    };
    Event: {
      event_id: string;
      /** @description The clip that shows it. Events that share a clip name the same one. */
      clip_id: string;
      camera_id: string;
      /** @description `manual` where a person asked for the clip. */
      event_type: string;
      at: number;
      /** @description Of the footage that it wants. */
      start: number;
      end: number;
      /**
       * @description `waiting`: its footage is not over. `cutting`, `uploading`: its clip is made. `ready`: it is in the store.
       * @enum {string}
       */
      state: 'waiting' | 'cutting' | 'uploading' | 'ready' | 'failed';
      /** @description Of `waiting`: how much of its time is over. */
      percent?: number;
      /** @description A picture of the moment, once there is one. */
      thumbnail_path?: string;
      media_path?: string;
      partial?: boolean;
      gaps?: {
        start: number;
        end: number;
        /** @enum {string} */
        reason:
          | 'camera_refused'
          | 'camera_unauthorized'
          | 'camera_not_found'
          | 'camera_no_video'
          | 'unsupported_codec'
          | 'camera_stalled'
          | 'camera_disconnected'
          | 'camera_timeout'
          | 'stream_changed'
          | 'stream_invalid'
          | 'clock_step'
          | 'disk_full'
          | 'disk_slow'
          | 'disk_error'
          | 'encoder_failed'
          | 'ffmpeg_failed'
          | 'recorder_stopped'
          | 'recorder_killed'
          | 'camera_changed'
          | 'camera_disabled'
          | 'unknown';
      }[];
      /**
       * @description Of `failed`.
       * @enum {string}
       */
      code?:
        | 'invalid_payload'
        | 'unauthorized'
        | 'forbidden'
        | 'not_found'
        | 'unknown_camera'
        | 'no_footage'
        | 'footage_expired'
        | 'conflict'
        | 'camera_offline'
        | 'too_long'
        | 'too_many_requests'
        | 'storage_unavailable'
        | 'internal';
      /** @description Of `failed`: why there is no clip. */
      message?: string;
    };
    Export: {
      export_id: string;
      camera_id: string;
      start: number;
      end: number;
      /** @enum {string} */
      state: 'waiting' | 'making' | 'cancelling' | 'ready' | 'failed';
      /** @description Of `making`. */
      percent?: number;
      created_at?: number;
      size_bytes?: number;
      codec?: string;
      width?: number;
      height?: number;
      /** @description Of `ready`: not all of the range was recorded. */
      partial?: boolean;
      gaps?: {
        start: number;
        end: number;
        /** @enum {string} */
        reason:
          | 'camera_refused'
          | 'camera_unauthorized'
          | 'camera_not_found'
          | 'camera_no_video'
          | 'unsupported_codec'
          | 'camera_stalled'
          | 'camera_disconnected'
          | 'camera_timeout'
          | 'stream_changed'
          | 'stream_invalid'
          | 'clock_step'
          | 'disk_full'
          | 'disk_slow'
          | 'disk_error'
          | 'encoder_failed'
          | 'ffmpeg_failed'
          | 'recorder_stopped'
          | 'recorder_killed'
          | 'camera_changed'
          | 'camera_disabled'
          | 'unknown';
      }[];
      /** @description Of `ready`. */
      file_path?: string;
      /**
       * @description Of `failed`.
       * @enum {string}
       */
      code?:
        | 'invalid_payload'
        | 'unauthorized'
        | 'forbidden'
        | 'not_found'
        | 'unknown_camera'
        | 'no_footage'
        | 'footage_expired'
        | 'conflict'
        | 'camera_offline'
        | 'too_long'
        | 'too_many_requests'
        | 'storage_unavailable'
        | 'internal';
      /** @description Of `failed`: why. Ask for the same again to try again. */
      message?: string;
    };
    Clip: {
      clip_id: string;
      event_id: string;
      camera_id: string;
      event_type: string;
      url: string;
      thumbnail_url: string;
      timestamp: number;
      start: number;
      end: number;
      duration: number;
      requested_start: number;
      requested_end: number;
      partial: boolean;
      gaps: {
        start: number;
        end: number;
        /** @enum {string} */
        reason:
          | 'camera_refused'
          | 'camera_unauthorized'
          | 'camera_not_found'
          | 'camera_no_video'
          | 'unsupported_codec'
          | 'camera_stalled'
          | 'camera_disconnected'
          | 'camera_timeout'
          | 'stream_changed'
          | 'stream_invalid'
          | 'clock_step'
          | 'disk_full'
          | 'disk_slow'
          | 'disk_error'
          | 'encoder_failed'
          | 'ffmpeg_failed'
          | 'recorder_stopped'
          | 'recorder_killed'
          | 'camera_changed'
          | 'camera_disabled'
          | 'unknown';
      }[];
      bucket: string;
      key: string;
      size_bytes: number;
      sha256: string;
      codec: string;
      width: number;
      height: number;
      /** @enum {string} */
      encoded?: 'mixed' | 'codec' | 'cut' | 'size';
      streams?: {
        start: number;
        end: number;
        codec: string;
        width: number;
        height: number;
      }[];
      clock_ahead_seconds?: number;
      /** @constant */
      timestamp_assumed?: true;
      source: {
        [key: string]: unknown;
      };
      /** @constant */
      source_truncated?: true;
      media_path: string;
      thumbnail_path: string;
    };
    Snapshot: {
      camera_id: string;
      timestamp: number;
      /** @constant */
      timestamp_assumed?: true;
      reason?: string;
      snapshot_id: string;
      request_id?: string;
      event_id?: string;
      bucket: string;
      key: string;
      source?: {
        [key: string]: unknown;
      };
      /** @constant */
      source_truncated?: true;
      /** @enum {string} */
      source_of_image?: 'frame' | 'footage';
      captured_at?: number;
      width?: number;
      height?: number;
      size_bytes?: number;
      sha256?: string;
      url: string;
      media_path: string;
    };
    CameraTest: {
      works: boolean;
      /** @description For a person: what the camera sends, or why nothing came. */
      message: string;
      /** @enum {string} */
      trouble?: 'refused' | 'unauthorized' | 'not_found' | 'no_video' | 'late' | 'unreadable';
      codec?: string;
      width?: number;
      height?: number;
      fps?: number;
      gop_seconds?: number;
      bitrate_kbps?: number;
      audio_codec?: string;
    };
    Storage: {
      volumes: {
        /** @enum {string} */
        name: 'recordings' | 'snapshots' | 'clips';
        total_bytes: number;
        free_bytes: number;
        used_percent: number;
      }[];
      recordings: {
        camera_id: string;
        /**
         * @description The sub-stream has a line of its own.
         * @enum {string}
         */
        stream: 'main' | 'sub';
        bytes: number;
        files: number;
        oldest?: number;
        /** @description From what the camera wrote in the last 24 hours, as if it recorded around the clock. */
        bytes_per_day?: number;
        retention_days: number;
        needed_bytes?: number;
      }[];
      retention: {
        footage_days: number;
        event_footage_days?: number;
        clip_days: number;
        snapshot_days: number;
      };
      /** @description How full the budgets were when the janitor looked last (`at`). Absent before its first pass. */
      budgets?: {
        at: number;
        clips?: {
          budget_bytes: number;
          used_bytes: number;
          spare_bytes: number;
          unmet_bytes: number;
          protected_bytes: number;
          not_uploaded_bytes: number;
          held_by_hand_bytes?: number;
          share_bytes?: number;
        };
        snapshots?: {
          budget_bytes: number;
          used_bytes: number;
          spare_bytes: number;
          unmet_bytes: number;
          protected_bytes: number;
          not_uploaded_bytes: number;
          held_by_hand_bytes?: number;
          share_bytes?: number;
        };
        protections?: {
          protected_bytes: number;
          most_bytes: number;
          given_from?: number;
          given_bytes?: number;
        };
      };
      forecast: {
        bytes_per_day: number;
        needed_bytes: number;
        room_bytes?: number;
        /** @description Only where retention does not fit. */
        days_until_full?: number;
        fits: boolean;
        /** @description For a person. */
        warning?: string;
      };
    };
    Health: {
      /**
       * @description The worst of all workers.
       * @enum {string}
       */
      state: 'up' | 'degraded' | 'down';
      workers: {
        name: string;
        /** @enum {string} */
        state: 'up' | 'degraded' | 'down';
        sentence: string;
        dependencies: {
          name: string;
          /** @enum {string} */
          state: 'up' | 'degraded' | 'down';
          sentence: string;
        }[];
      }[];
    };
    Share: {
      share_id: string;
      camera_id: string;
      start: number;
      end: number;
      created_at: number;
      created_by: string;
      expires_at: number;
      /** @enum {string} */
      state: 'open' | 'expired' | 'revoked';
      /** @description How often its page was opened. */
      opened: number;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  whoAmI: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Who one is. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            user: string;
            /** @enum {string} */
            role: 'viewer' | 'operator' | 'admin';
            cameras: '*' | string[];
            /** @description What `X-CSRF-Token` has to hold where the cookie is the proof. */
            csrf?: string;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  signIn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          user: string;
          password: string;
        };
      };
    };
    responses: {
      /** @description Who one is. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            user: string;
            /** @enum {string} */
            role: 'viewer' | 'operator' | 'admin';
            cameras: '*' | string[];
            /** @description What `X-CSRF-Token` has to hold where the cookie is the proof. */
            csrf?: string;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  signOut: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The session is over. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  users: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Without their passwords. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            users: {
              name: string;
              /** @enum {string} */
              role: 'viewer' | 'operator' | 'admin';
              cameras: '*' | string[];
            }[];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  putUser: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          /** @enum {string} */
          role: 'viewer' | 'operator' | 'admin';
          cameras: '*' | string[];
          password: string;
        };
      };
    };
    responses: {
      /** @description The user. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            name: string;
            /** @enum {string} */
            role: 'viewer' | 'operator' | 'admin';
            cameras: '*' | string[];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteUser: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The user is gone. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  sessions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sessions that are open. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            sessions: components['schemas']['Session'][];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  revokeSession: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is over. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  tokens: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What they may do. They themselves are not told again. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            tokens: components['schemas']['ApiToken'][];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  makeToken: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          /** @enum {string} */
          role: 'viewer' | 'operator' | 'admin';
          cameras: '*' | string[];
        };
      };
    };
    responses: {
      /** @description The token, told once. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            token_id: string;
            name: string;
            /** @enum {string} */
            role: 'viewer' | 'operator' | 'admin';
            cameras: '*' | string[];
            created_at: number;
            created_by: string;
            /** @description Told once: only its hash is kept. */
            token: string;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  revokeToken: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is revoked. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameras: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The cameras. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            cameras: components['schemas']['Camera'][];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraTimeline: {
    parameters: {
      query: {
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        start: number | string;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        end: number | string;
        /** @description The camera's main stream, or its smaller one. */
        stream?: 'main' | 'sub';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The range. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Timeline'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraIndex: {
    parameters: {
      query: {
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        start: number | string;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        end: number | string;
        /** @description The camera's main stream, or its smaller one. */
        stream?: 'main' | 'sub';
        /** @description How far apart key frames must lie to be listed. Default: so far that 12,000 are listed. */
        every?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The range. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FootageIndex'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraPlaylist: {
    parameters: {
      query: {
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        start: number | string;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        end: number | string;
        /** @description The camera's main stream, or its smaller one. */
        stream?: 'main' | 'sub';
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description HLS, on one time line. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/vnd.apple.mpegurl': unknown;
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraRangeClip: {
    parameters: {
      query: {
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        start: number | string;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        end: number | string;
        /** @description The camera's main stream, or its smaller one. */
        stream?: 'main' | 'sub';
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The file. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description The part that `Range` names. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It has no such part; `Content-Range` has its size. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraStill: {
    parameters: {
      query?: {
        /** @description The camera's main stream, or its smaller one. */
        stream?: 'main' | 'sub';
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        at?: number | string;
        size?: 'small' | 'full';
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The picture. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraLivePlaylist: {
    parameters: {
      query?: {
        /** @description Without it the player chooses. */
        stream?: 'main' | 'sub';
        /** @description Of the playlists that the first one names. */
        zero?: number;
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The playlist. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/vnd.apple.mpegurl': unknown;
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  cameraThumb: {
    parameters: {
      query: {
        /** @description The camera's main stream, or its smaller one. */
        stream?: 'main' | 'sub';
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        at: number | string;
        /** @description The least width: 160, 320 and 640 are made. */
        width?: number;
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The picture. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  footageFile: {
    parameters: {
      query?: {
        /** @description The zero of media time, epoch ms. Without it the bytes are as they lie on the disk. */
        zero?: number;
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        fileName: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The segment. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description The part that `Range` names. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It has no such part; `Content-Range` has its size. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  events: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Of this camera only. */
        camera?: string | number;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        before?: number | string;
        /** @description One type of event, or several by commas: `person,vehicle`. */
        type?: string;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        start?: number | string;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        end?: number | string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of events. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            events: components['schemas']['Event'][];
            /** @description What `before` takes for the next page. Absent where there are no more. A page may have no event. */
            next_before?: number;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  eventPicture: {
    parameters: {
      query?: {
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The picture. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
        };
      };
      /** @description The part that `Range` names. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It has no such part; `Content-Range` has its size. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  exports: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The exports. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            exports: components['schemas']['Export'][];
            /** @description Why only finished exports are shown. */
            trouble?: string;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  makeExport: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          camera_id: string | number;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          start: number | string;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          end: number | string;
        };
      };
    };
    responses: {
      /** @description The export, and how far it is. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Export'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  export: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The export. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Export'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  removeExport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is gone, or ends within a second. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            export_id: string;
            /** @constant */
            removed: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  exportFile: {
    parameters: {
      query?: {
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The file. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description The part that `Range` names. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It has no such part; `Content-Range` has its size. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  clips: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Of this camera only. */
        camera?: string | number;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        before?: number | string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of clips. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            clips: components['schemas']['Clip'][];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  snapshots: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Of this camera only. */
        camera?: string | number;
        /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
        before?: number | string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of snapshots. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            snapshots: components['schemas']['Snapshot'][];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteClip: {
    parameters: {
      query?: {
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Nothing of it is left. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            clip_id: string;
            camera_id: string;
            /** @constant */
            removed: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  deleteSnapshot: {
    parameters: {
      query?: {
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Nothing of it is left. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            snapshot_id: string;
            camera_id: string;
            /** @constant */
            removed: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  media: {
    parameters: {
      query?: {
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        kind: 'clips' | 'snapshots';
        key: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The object. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          '*/*': unknown;
        };
      };
      /** @description The part that `Range` names. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          '*/*': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It has no such part; `Content-Range` has its size. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  object: {
    parameters: {
      query: {
        expires: string;
        signature: string;
        /** @description Takes a file instead of showing it. */
        download?: string;
        /** @description Why, for the audit. */
        reason?: string;
      };
      header?: never;
      path: {
        key: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The object. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          '*/*': unknown;
        };
      };
      /** @description The part that `Range` names. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          '*/*': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It has no such part; `Content-Range` has its size. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  protections: {
    parameters: {
      query?: {
        /** @description Of this camera only. */
        camera?: string | number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The protections in force. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            protections: {
              protection_id: string;
              camera_id: string;
              start: number;
              end: number;
              reason: string;
              expires?: number;
              created_at: number;
            }[];
            /** @description How much of the disk all protections hold, of every camera. Absent before the janitor’s first pass. */
            share?: {
              protected_bytes: number;
              most_bytes: number;
              given_from?: number;
              given_bytes?: number;
            };
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  unprotect: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          by?: string | number;
          reason?: string | number;
        };
      };
    };
    responses: {
      /** @description The protection that was. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            protection_id: string;
            camera_id: string;
            start: number;
            end: number;
            reason: string;
            expires?: number;
            created_at: number;
            /** @constant */
            removed: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  takeSnapshot: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          reason?: string | number;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          timestamp?: number | string;
          request_id?: string | number;
        };
      };
    };
    responses: {
      /** @description The snapshot, as in `snapshot.ready`. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            camera_id: string;
            timestamp: number;
            /** @constant */
            timestamp_assumed?: true;
            reason: string;
            snapshot_id: string;
            request_id?: string;
            event_id?: string;
            bucket: string;
            key: string;
            source?: {
              [key: string]: unknown;
            };
            /** @constant */
            source_truncated?: true;
            /** @enum {string} */
            source_of_image: 'frame' | 'footage';
            captured_at: number;
            width: number;
            height: number;
            size_bytes: number;
            sha256: string;
            url: string;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  makeClip: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          start: number | string;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          end: number | string;
          reason?: string | number;
          request_id?: string | number;
        };
      };
    };
    responses: {
      /** @description The clip that will be made. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            clip_id: string;
            /** @constant */
            queued: true;
            /** @constant */
            timestamp_assumed?: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  protect: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          start: number | string;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          end: number | string;
          reason: string | number;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          expires?: number | string;
          by?: string | number;
        };
      };
    };
    responses: {
      /** @description The protection in force. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            protection_id: string;
            camera_id: string;
            start: number;
            end: number;
            reason: string;
            expires?: number;
            created_at: number;
            /** @constant */
            timestamp_assumed?: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  testCamera: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What came. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CameraTest'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  testCameraUrl: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          url: string;
          /**
           * @default tcp
           * @enum {string}
           */
          transport?: 'tcp' | 'udp';
        };
      };
    };
    responses: {
      /** @description What came. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CameraTest'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  storage: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The storage, at most 30 s old. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Storage'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  health: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description How all of it is, at most 2 s old. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  liveSocket: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The WebSocket. */
      101: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  openapi: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OpenAPI 3.1. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            openapi: string;
          } & {
            [key: string]: unknown;
          };
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  docs: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The page. It needs no script. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  docsStyle: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The style. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/css': unknown;
        };
      };
      /** @description `If-None-Match` names what we have. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  live: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It does. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @constant */
            live: true;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  ready: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All that it needs is there. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            ready: boolean;
            dependencies: {
              [key: string]: {
                /** @enum {string} */
                state: 'up' | 'degraded' | 'down';
                sentence: string;
              };
            };
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something that it needs is down. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            ready: boolean;
            dependencies: {
              [key: string]: {
                /** @enum {string} */
                state: 'up' | 'degraded' | 'down';
                sentence: string;
              };
            };
          };
        };
      };
    };
  };
  metrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The metrics. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/plain': unknown;
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  shares: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The links. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            shares: components['schemas']['Share'][];
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  share: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          camera_id: string | number;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          start: number | string;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          end: number | string;
          /** @description RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and nanoseconds are told by their size. Without a zone it is read in TZ. */
          expires_at?: number | string;
        };
      };
    };
    responses: {
      /** @description The link. Its address is told once. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            share_id: string;
            camera_id: string;
            start: number;
            end: number;
            created_at: number;
            created_by: string;
            expires_at: number;
            /** @enum {string} */
            state: 'open' | 'expired' | 'revoked';
            /** @description How often its page was opened. */
            opened: number;
            /** @description Told once: only its hash is kept. */
            url: string;
            /** @description CONSOLE_PUBLIC_URL names a host outside. */
            works_outside: boolean;
          };
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description It cannot be done as things are. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is larger than 100 KB. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  revokeShare: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is revoked. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Nobody who may ask. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such thing, or not any more. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  sharePage: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        token: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page with the clip. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such link (a page), or no footage of it. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
          'text/html': unknown;
        };
      };
      /** @description It has expired or is revoked. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  shareClip: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        token: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description The wanted bytes. */
      206: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'video/mp4': unknown;
        };
      };
      /** @description As known. */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such link (a page), or no footage of it. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
          'text/html': unknown;
        };
      };
      /** @description It has expired or is revoked. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description There are no such bytes. */
      416: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  sharePoster: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        token: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The picture. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
        };
      };
      /** @description It cannot be read, or is more than is allowed. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Asked by a name that is not ours, by a page of another site, by a link that is not valid, or not allowed. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such link (a page), or no footage of it. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
          'text/html': unknown;
        };
      };
      /** @description It has expired or is revoked. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description Asked too often: `Retry-After` says when to come again. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The recorder’s log has the reason. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Not now: the message says why. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
}
