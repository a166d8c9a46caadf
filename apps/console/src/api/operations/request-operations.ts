import {
  cameraId,
  cameraTestAnswer,
  cameraTestBody,
  clipBody,
  clipQueuedAnswer,
  protectAnswer,
  protectBody,
  snapshotAnswer,
  snapshotBody,
} from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';

const ofCamera = z.object({ id: cameraId });

export const requestOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/cameras/{id}/snapshot',
    id: 'takeSnapshot',
    group: 'requests',
    summary: 'Take a snapshot: of now, or of a moment in the footage',
    parameters: ofCamera,
    body: snapshotBody,
    answers: { 200: { says: 'The snapshot, as in `snapshot.ready`.', json: snapshotAnswer } },
    errors: ['unknown_camera', 'no_footage', 'footage_expired', 'camera_offline', 'storage_unavailable'],
  },
  {
    method: 'post',
    path: '/api/cameras/{id}/clip',
    id: 'makeClip',
    group: 'requests',
    summary: 'Make a clip of a range',
    says: 'The clip stands in `/api/clips` once it is in the store.',
    parameters: ofCamera,
    body: clipBody,
    answers: { 202: { says: 'The clip that will be made.', json: clipQueuedAnswer } },
    errors: ['unknown_camera', 'no_footage', 'footage_expired', 'too_long', 'storage_unavailable'],
  },
  {
    method: 'post',
    path: '/api/cameras/{id}/protect',
    id: 'protect',
    group: 'protections',
    summary: 'From now on nothing of this range is deleted',
    parameters: ofCamera,
    body: protectBody,
    answers: { 200: { says: 'The protection in force.', json: protectAnswer } },
    errors: ['unknown_camera', 'too_long', 'storage_unavailable'],
  },
  {
    method: 'post',
    path: '/api/cameras/{id}/test',
    id: 'testCamera',
    group: 'service',
    summary: 'What a camera sends, or why nothing comes, in 10 s',
    parameters: ofCamera,
    answers: { 200: { says: 'What came.', json: cameraTestAnswer } },
    errors: ['unknown_camera'],
    mayBeBusy: true,
  },
  {
    method: 'post',
    path: '/api/camera-test',
    id: 'testCameraUrl',
    group: 'service',
    summary: 'The same of any RTSP URL. Its password is in no answer',
    body: cameraTestBody,
    answers: { 200: { says: 'What came.', json: cameraTestAnswer } },
    mayBeBusy: true,
  },
];
