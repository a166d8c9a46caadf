import { healthAnswer, readinessAnswer, storageAnswer } from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';

export const serviceOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/storage',
    id: 'storage',
    group: 'service',
    summary: 'Room, footage, budgets, and whether retention fits',
    answers: { 200: { says: 'The storage, at most 30 s old.', json: storageAnswer } },
  },
  {
    method: 'get',
    path: '/api/health',
    id: 'health',
    group: 'service',
    summary: 'Every worker and what it needs, in sentences',
    says: 'A worker that does not answer is `down`, and its sentence says why.',
    answers: { 200: { says: 'How all of it is, at most 2 s old.', json: healthAnswer } },
  },
  {
    method: 'get',
    path: '/api/live',
    id: 'liveSocket',
    group: 'service',
    summary: 'The WebSocket of a page: what cameras show now',
    says: 'Its messages stand in the contract, under Live.',
    answers: { 101: { says: 'The WebSocket.' } },
    errors: ['invalid_payload', 'too_many_requests'],
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    id: 'openapi',
    group: 'service',
    summary: 'This document',
    answers: {
      200: { says: 'OpenAPI 3.1.', json: z.looseObject({ openapi: z.string() }) },
      304: { says: '`If-None-Match` names what we have.' },
    },
  },
  {
    method: 'get',
    path: '/api/docs',
    id: 'docs',
    group: 'service',
    summary: 'This document as a page',
    answers: {
      200: { says: 'The page. It needs no script.', bytes: 'text/html' },
      304: { says: '`If-None-Match` names what we have.' },
    },
  },
  {
    method: 'get',
    path: '/api/docs/style.css',
    id: 'docsStyle',
    group: 'service',
    summary: 'The style of that page',
    answers: {
      200: { says: 'The style.', bytes: 'text/css' },
      304: { says: '`If-None-Match` names what we have.' },
    },
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'live',
    group: 'service',
    summary: 'Whether the console answers',
    answers: { 200: { says: 'It does.', json: z.object({ live: z.literal(true) }) } },
    isOpen: true,
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'ready',
    group: 'service',
    summary: 'Each dependency of the console, in a sentence',
    answers: {
      200: { says: 'All that it needs is there.', json: readinessAnswer },
      503: { says: 'Something that it needs is down.', json: readinessAnswer },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    group: 'service',
    summary: 'Metrics for Prometheus',
    answers: { 200: { says: 'The metrics.', bytes: 'text/plain' } },
  },
];
