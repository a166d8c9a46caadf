import { sessionAnswer, signInBody, userBody, usersAnswer, userView } from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';

export const accessOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/session',
    id: 'signIn',
    group: 'access',
    summary: 'Sign in by name and password',
    says: 'Sets the cookie `vr_session`. Requests by cookie that change something carry `X-CSRF-Token`.',
    body: signInBody,
    answers: { 200: { says: 'Who one is.', json: sessionAnswer } },
    errors: ['unauthorized', 'too_many_requests'],
  },
  {
    method: 'get',
    path: '/api/session',
    id: 'whoAmI',
    group: 'access',
    summary: 'Who asks, and what he may see',
    answers: { 200: { says: 'Who one is.', json: sessionAnswer } },
  },
  {
    method: 'delete',
    path: '/api/session',
    id: 'signOut',
    group: 'access',
    summary: 'Sign out',
    answers: { 204: { says: 'The session is over.' } },
  },
  {
    method: 'get',
    path: '/api/users',
    id: 'users',
    group: 'access',
    summary: 'The users',
    answers: { 200: { says: 'Without their passwords.', json: usersAnswer } },
    errors: ['conflict'],
  },
  {
    method: 'post',
    path: '/api/users',
    id: 'putUser',
    group: 'access',
    summary: 'Make a user, or change one',
    says: 'A new password ends the sessions of the old one. An admin sees all cameras.',
    body: userBody,
    answers: { 200: { says: 'The user.', json: userView } },
    errors: ['conflict'],
  },
  {
    method: 'delete',
    path: '/api/users/{name}',
    id: 'deleteUser',
    group: 'access',
    summary: 'Delete a user',
    says: 'The sessions of the user end.',
    parameters: z.object({ name: z.string() }),
    answers: { 204: { says: 'The user is gone.' } },
    errors: ['not_found', 'conflict'],
  },
];
