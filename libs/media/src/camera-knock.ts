import { cameraAddress, connectToCamera } from './camera-connection';

const DEADLINE_MS = 1500;

/** Whether anything takes a connection at the address of the camera's URL, within 1.5 s. Never rejects. */
export async function cameraAnswers(cameraUrl: string): Promise<boolean> {
  const address = cameraAddress(cameraUrl);
  const socket = address && (await connectToCamera(address, DEADLINE_MS));
  socket?.destroy();
  return socket !== undefined;
}
