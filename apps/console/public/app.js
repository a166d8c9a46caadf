// The page asks the API now and then while somebody looks, and shows the answers.
import { bytes, get, instant, make } from './api.js';
import { refreshStills, showCameras } from './cameras.js';
import { showClips, showSnapshots } from './library.js';

const summary = document.getElementById('summary');

async function cameras() {
  const { cameras: list } = await get('/api/cameras');
  showCameras(list);
  const recording = list.filter(({ state }) => state === 'recording').length;
  summary.textContent = `${recording} of ${list.length} camera${list.length === 1 ? '' : 's'} recording`;
}

async function library() {
  const [{ clips }, { snapshots }] = await Promise.all([get('/api/clips?limit=12'), get('/api/snapshots?limit=12')]);
  showClips(clips);
  showSnapshots(snapshots);
}

async function storage() {
  const { volumes, recordings, forecast } = await get('/api/storage');
  const meters = volumes.map((volume) =>
    make(
      'div',
      { className: 'card' },
      make('b', { textContent: volume.name }),
      make('meter', { min: 0, max: 100, high: 85, value: volume.used_percent }),
      make('span', {
        className: 'facts',
        textContent: `${bytes(volume.free_bytes)} free of ${bytes(volume.total_bytes)}`,
      }),
    ),
  );
  const footage = recordings.map((camera) =>
    make('span', {
      className: 'facts',
      textContent:
        `${camera.camera_id}: ${bytes(camera.bytes)}` + (camera.oldest ? `, since ${instant(camera.oldest)}` : ''),
    }),
  );
  document
    .getElementById('storage')
    .replaceChildren(
      ...meters,
      make(
        'div',
        { className: 'card' },
        make('b', { textContent: 'footage' }),
        ...footage,
        ...(forecast.warning ? [make('p', { textContent: forecast.warning })] : []),
      ),
    );
}

/** Runs at once, then again this long after each end. It rests while nobody looks. */
function every(seconds, task) {
  const run = async () => {
    try {
      if (!document.hidden) await task();
    } catch (error) {
      summary.textContent = `The console does not answer: ${error.message}`;
    }
    setTimeout(run, seconds * 1000);
  };
  void run();
}

every(2, cameras);
every(5, library);
every(6, refreshStills);
every(30, storage);
document.addEventListener('visibilitychange', () => document.hidden || void cameras().catch(() => {}));
document.addEventListener('library-changed', () => void library().catch(() => {}));
