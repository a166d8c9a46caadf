import { clipId, eventsAnswer, eventsQuery, viewQuery } from '@vr/contracts';
import { z } from 'zod';
import type { Operation } from '../operation';
import { rangedFile } from './media-answers';

export const eventOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/events',
    id: 'events',
    group: 'library',
    summary: 'Events, the newest first: at once, with how far their clips are',
    query: z.object(eventsQuery),
    answers: { 200: { says: 'A page of events.', json: eventsAnswer } },
  },
  {
    method: 'get',
    path: '/api/events/{id}/picture.jpg',
    id: 'eventPicture',
    group: 'library',
    summary: 'The picture of an event whose clip is not in the store yet',
    parameters: z.object({ id: clipId }),
    query: z.object(viewQuery),
    answers: rangedFile('image/jpeg', 'The picture.'),
    errors: ['not_found'],
  },
];
