import { useQuery } from '@tanstack/react-query';
import { cameras, type Camera } from '../api/client';

/** The cameras for a page about something else, and what people call each. A camera that is gone has its id. */
export function useCameras(): { list: readonly Camera[]; nameOf: (cameraId: string) => string } {
  const list = useQuery({ queryKey: ['cameras'], queryFn: cameras }).data ?? [];
  return { list, nameOf: (cameraId) => list.find(({ id }) => id === cameraId)?.name ?? cameraId };
}
