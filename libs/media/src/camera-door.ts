/**
 * What ffmpeg is given in a camera's place: a door that hides its password, and with sound a relay behind it that mends
 * its reports.
 */
import type { Clock } from '@vr/base';
import { openPasswordDoor } from './password-door';
import { openReportRelay } from './reports/report-relay';

export interface CameraDoor {
  /** What ffmpeg is given. */
  url: string;
  /** Puts the camera's address where ffmpeg's words have ours: people know that one. */
  named: (words: string) => string;
  close: () => void;
}

/** `reportClock`: by this clock the camera's sender reports are mended on the way, where there is one. */
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
