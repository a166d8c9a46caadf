import { exportAnswer, exportBody, exportGoneAnswer, exportId, exportsAnswer, viewQuery } from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';
import { rangedFile } from './media-answers';

const ofExport = z.object({ id: exportId });

export const exportOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/exports',
    id: 'makeExport',
    group: 'exports',
    summary: 'Make one file of a range of up to a day',
    says: 'The same range asked for twice is one export.',
    body: exportBody,
    answers: { 202: { says: 'The export, and how far it is.', json: exportAnswer } },
    errors: ['unknown_camera', 'too_long', 'storage_unavailable'],
  },
  {
    method: 'get',
    path: '/api/exports',
    id: 'exports',
    group: 'exports',
    summary: 'Exports that are made or on their way, the newest first',
    answers: { 200: { says: 'The exports.', json: exportsAnswer } },
  },
  {
    method: 'get',
    path: '/api/exports/{id}',
    id: 'export',
    group: 'exports',
    summary: 'An export, and how far it is',
    parameters: ofExport,
    answers: { 200: { says: 'The export.', json: exportAnswer } },
    errors: ['not_found', 'storage_unavailable'],
  },
  {
    method: 'delete',
    path: '/api/exports/{id}',
    id: 'removeExport',
    group: 'exports',
    summary: 'Cancel an export that is being made, or delete one that is made',
    parameters: ofExport,
    answers: { 200: { says: 'It is gone, or ends within a second.', json: exportGoneAnswer } },
    errors: ['not_found', 'storage_unavailable'],
  },
  {
    method: 'get',
    path: '/api/exports/{id}/file',
    id: 'exportFile',
    group: 'exports',
    summary: 'The file of an export',
    parameters: ofExport,
    query: z.object(viewQuery),
    answers: rangedFile('video/mp4', 'The file.'),
    errors: ['not_found'],
  },
];
