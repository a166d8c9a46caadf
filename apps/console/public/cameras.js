// A card for each camera: its newest picture, its state, and what one can ask of it.
import { age, make, notice, post, words } from './api.js';
import { playFootage } from './footage.js';

const MOODS = {
  recording: 'good',
  connecting: 'busy',
  stalled: 'bad',
  offline: 'bad',
  disk_full: 'bad',
  disabled: 'quiet',
};
const CLIP_SECONDS = 30;
const cards = new Map();

export function showCameras(cameras) {
  const grid = document.getElementById('cameras');
  for (const [id, card] of cards) {
    if (cameras.some((camera) => camera.id === id)) continue;
    card.root.remove();
    cards.delete(id);
  }
  for (const camera of cameras) {
    if (!cards.has(camera.id)) {
      cards.set(camera.id, makeCard(camera));
      grid.append(cards.get(camera.id).root);
    }
    update(cards.get(camera.id), camera);
  }
  if (cameras.length === 0)
    grid.replaceChildren(
      make('p', { className: 'empty', textContent: 'No camera is configured. Set CAMERAS_FILE or CAMERA_<ID>_URL.' }),
    );
}

/** Gets new pictures, for cards that somebody can see. */
export function refreshStills() {
  if (document.hidden) return;
  for (const { camera, still } of cards.values())
    if (camera?.newest_footage_at !== undefined) void loadStill(still, camera.id);
}

/** The old picture stays until the new one is whole, so that a slow one never leaves a hole. */
async function loadStill(still, id) {
  try {
    const response = await fetch(`/api/cameras/${encodeURIComponent(id)}/snapshot.jpg`);
    if (!response.ok) return;
    const before = still.src;
    still.src = URL.createObjectURL(await response.blob());
    still.hidden = false;
    if (before.startsWith('blob:')) URL.revokeObjectURL(before);
  } catch {
    // The next round tries again.
  }
}

function makeCard({ id }) {
  const still = make('img', { alt: `Newest picture of ${id}`, hidden: true });
  const tag = make('span', { className: 'tag' });
  const ageBox = make('span', { className: 'age' });
  const picture = make(
    'button',
    { className: 'picture', type: 'button', title: 'Play the last minutes' },
    still,
    tag,
    ageBox,
  );
  const title = make('span', { className: 'title' });
  const facts = make('span', { className: 'facts' });
  const snapshot = make('button', { type: 'button', textContent: 'Snapshot' });
  const clip = make('button', {
    type: 'button',
    textContent: `Clip ${CLIP_SECONDS} s`,
    title: `A clip of the last ${CLIP_SECONDS} seconds`,
  });
  const root = make(
    'article',
    { className: 'card' },
    picture,
    make('div', { className: 'below' }, title, make('span', { className: 'actions' }, snapshot, clip), facts),
  );
  const card = { root, still, tag, ageBox, title, facts };
  picture.onclick = () => playFootage(card.camera);
  snapshot.onclick = () => ask(snapshot, `/api/cameras/${encodeURIComponent(id)}/snapshot`, {}, 'Snapshot taken');
  clip.onclick = () => {
    const end = Date.now() / 1000;
    void ask(
      clip,
      `/api/cameras/${encodeURIComponent(id)}/clip`,
      { start: end - CLIP_SECONDS, end },
      'The clip is being cut; it appears below in a moment',
    );
  };
  return card;
}

function update(card, camera) {
  const isNew = card.camera?.newest_footage_at === undefined && camera.newest_footage_at !== undefined;
  card.camera = camera;
  card.title.textContent = camera.name;
  card.tag.textContent =
    words(camera.state) + (camera.state === 'recording' || !camera.reason ? '' : `: ${words(camera.reason)}`);
  card.tag.dataset.mood = MOODS[camera.state] ?? 'quiet';
  card.ageBox.textContent = camera.newest_footage_at === undefined ? 'no footage yet' : age(camera.newest_footage_at);
  card.facts.textContent =
    [
      camera.width && `${camera.width} × ${camera.height}`,
      camera.codec && camera.codec.toUpperCase(),
      camera.fps && `${Math.round(camera.fps)} fps`,
      camera.bitrate_kbps && `${camera.bitrate_kbps} kbit/s`,
    ]
      .filter(Boolean)
      .join(' · ') || ' ';
  if (isNew) void loadStill(card.still, camera.id);
}

async function ask(button, path, body, done) {
  button.disabled = true;
  try {
    await post(path, body);
    notice(done);
    document.dispatchEvent(new Event('library-changed'));
  } catch (error) {
    notice(error.message, 'bad');
  } finally {
    button.disabled = false;
  }
}
