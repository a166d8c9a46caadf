import { errorAnswer, shareBody, shareMadeAnswer, sharesAnswer } from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';

const tokenParameter = z.object({ token: z.string() });
const ended = {
  404: { says: 'There is no such link (a page), or no footage of it.', json: errorAnswer, bytes: 'text/html' },
  410: { says: 'It has expired or is revoked.', bytes: 'text/html' },
} as const;

export const shareOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/shares',
    id: 'shares',
    group: 'access',
    summary: 'The links that need no account, the newest first',
    says: 'Of the cameras that one sees. Their addresses are not told again.',
    answers: { 200: { says: 'The links.', json: sharesAnswer } },
  },
  {
    method: 'post',
    path: '/api/shares',
    id: 'share',
    group: 'access',
    summary: 'Make a link to a range of at most an hour',
    says: 'Without `expires_at` it ends after 7 days. It ends after 366 days at the latest.',
    body: shareBody,
    answers: { 201: { says: 'The link. Its address is told once.', json: shareMadeAnswer } },
    errors: ['unknown_camera', 'too_long', 'conflict'],
  },
  {
    method: 'delete',
    path: '/api/shares/{id}',
    id: 'revokeShare',
    group: 'access',
    summary: 'Revoke a link',
    says: 'From then on it answers 410.',
    parameters: z.object({ id: z.string() }),
    answers: { 204: { says: 'It is revoked.' } },
    errors: ['not_found'],
  },
  {
    method: 'get',
    path: '/s/{token}',
    id: 'sharePage',
    group: 'access',
    summary: 'The page of a link',
    isOpen: true,
    parameters: tokenParameter,
    answers: { 200: { says: 'A page with the clip.', bytes: 'text/html' }, ...ended },
  },
  {
    method: 'get',
    path: '/s/{token}/clip.mp4',
    id: 'shareClip',
    group: 'access',
    summary: 'What a link shows, as one MP4',
    isOpen: true,
    mayBeBusy: true,
    parameters: tokenParameter,
    answers: {
      200: { says: 'All of it.', bytes: 'video/mp4' },
      206: { says: 'The wanted bytes.', bytes: 'video/mp4' },
      304: { says: 'As known.' },
      416: { says: 'There are no such bytes.' },
      ...ended,
    },
  },
  {
    method: 'get',
    path: '/s/{token}/poster.jpg',
    id: 'sharePoster',
    group: 'access',
    summary: 'The first picture of what a link shows',
    isOpen: true,
    mayBeBusy: true,
    parameters: tokenParameter,
    answers: { 200: { says: 'The picture.', bytes: 'image/jpeg' }, ...ended },
  },
];
