/**
 * What ffmpeg gets in a camera's place: a door that hides its password. With sound, a relay behind the door mends the
 * camera's reports.
 */
import type { Clock } from '@vr/base';
import { openPasswordDoor } from './password-door';
import { openReportRelay } from './reports/report-relay';

export interface CameraDoor {
  /** What ffmpeg gets. */
  url: string;
  /** Puts the camera's address, which people know, where ffmpeg's words have ours. */
  named: (words: string) => string;
  close: () => void;
}

/** With `reportClock` the camera's sender reports are mended on the way, by this clock. */
export async function openCameraDoor(cameraUrl: string, reportClock?: Pick<Clock, 'monotonicMs'>): Promise<CameraDoor> {
  const relay = reportClock && (await openReportRelay(cameraUrl, reportClock));
  const door = await openPasswordDoor(relay?.url ?? cameraUrl);
  return {
    url: door.url,
    named: (words) => (relay?.named ?? String)(words.replaceAll(door.url, cameraUrl)),
    close: () => {
      door.close();
      relay?.close();
    },
  };
}
