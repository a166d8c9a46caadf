import {
  cameraId,
  camerasAnswer,
  rangeQuery,
  stillQuery,
  timelineAnswer,
  timeLineQuery,
  viewQuery,
} from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';
import { rangedFile } from './media-answers';

const ofCamera = z.object({ id: cameraId });
const FOOTAGE_ERRORS = ['unknown_camera', 'no_footage', 'too_long'] as const;

export const cameraOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/cameras',
    id: 'cameras',
    group: 'cameras',
    summary: 'All cameras and how they are',
    answers: { 200: { says: 'The cameras.', json: camerasAnswer } },
  },
  {
    method: 'get',
    path: '/api/cameras/{id}/timeline',
    id: 'cameraTimeline',
    group: 'cameras',
    summary: 'What a range holds: spans, gaps with reasons, events, protections',
    says: 'At most 31 days. The events are those that have a clip, 500 at most.',
    parameters: ofCamera,
    query: z.object(rangeQuery),
    answers: { 200: { says: 'The range.', json: timelineAnswer } },
    errors: ['unknown_camera', 'too_long'],
  },
  {
    method: 'get',
    path: '/api/cameras/{id}/footage.m3u8',
    id: 'cameraPlaylist',
    group: 'cameras',
    summary: 'A playlist of at most 24 hours onto the recorded files',
    parameters: ofCamera,
    query: z.object({ ...rangeQuery, ...viewQuery }),
    answers: { 200: { says: 'HLS, on one time line.', bytes: 'application/vnd.apple.mpegurl' } },
    errors: FOOTAGE_ERRORS,
  },
  {
    method: 'get',
    path: '/api/cameras/{id}/clip.mp4',
    id: 'cameraRangeClip',
    group: 'cameras',
    summary: 'A range of at most an hour as one MP4, at once',
    says: '`X-Gaps` says what is missing, `X-Start` and `X-End` what it shows, `X-Partial` whether all is there.',
    parameters: ofCamera,
    query: z.object({ ...rangeQuery, ...viewQuery }),
    answers: rangedFile('video/mp4', 'The file.'),
    errors: FOOTAGE_ERRORS,
    mayBeBusy: true,
  },
  {
    method: 'get',
    path: '/api/cameras/{id}/snapshot.jpg',
    id: 'cameraStill',
    group: 'cameras',
    summary: 'What was on show at a moment, or is now',
    parameters: ofCamera,
    query: z.object({ ...stillQuery, ...viewQuery }),
    answers: {
      200: { says: 'The picture.', bytes: 'image/jpeg' },
      304: { says: '`If-None-Match` names what we have.' },
    },
    errors: ['unknown_camera', 'no_footage'],
    mayBeBusy: true,
  },
  {
    method: 'get',
    path: '/api/footage/{fileName}',
    id: 'footageFile',
    group: 'cameras',
    summary: 'The bytes behind a playlist, on its time line',
    parameters: z.object({ fileName: z.string() }),
    query: z.object({ ...timeLineQuery, ...viewQuery }),
    answers: rangedFile('video/mp4', 'The segment.'),
    errors: ['not_found'],
  },
];
