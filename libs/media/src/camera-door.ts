/**
 * What ffmpeg gets in a camera's place: a door that hides its password. With sound, a relay behind the door mends the
 * camera's reports.
 */
import { openPasswordDoor } from './password-door';
import { openReportRelay } from './reports/report-relay';

export interface CameraDoor {
  /** What ffmpeg gets. */
  url: string;
  /** Puts the camera's address, which people know, where ffmpeg's words have ours. */
  named: (words: string) => string;
  close: () => void;
}

/** With `mendsReports` the camera's sender reports are mended on the way. */
export async function openCameraDoor(cameraUrl: string, mendsReports = false): Promise<CameraDoor> {
  const relay = mendsReports ? await openReportRelay(cameraUrl) : undefined;
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
