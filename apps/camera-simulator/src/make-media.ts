// npx tsx apps/camera-simulator/src/make-media.ts FOLDER CAMERAS: makes what the cameras (numbers, with commas between
// them) send, and prints the folder that camera.py takes as --media.
import { ensureMedia } from './media';

const [folder, cameras = '1'] = process.argv.slice(2);
if (folder === undefined) throw new Error('make-media: wanted a folder and the numbers of cameras, got nothing');
process.stdout.write(await ensureMedia({ folder, cameras: cameras.split(',').map(Number) }));
