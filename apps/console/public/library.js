// The newest clips and snapshots. What is shown already stays as it is, so a new clip does not disturb one that plays.
import { bytes, instant, make, words } from './api.js';

export function showClips(clips) {
  show(document.getElementById('clips'), clips, (clip) => clip.clip_id, clipCard);
}

export function showSnapshots(snapshots) {
  show(document.getElementById('snapshots'), snapshots, (snapshot) => snapshot.key, snapshotCard);
}

function show(grid, items, keyOf, makeCard) {
  if (items.length === 0) return;
  grid.querySelector('.empty')?.remove();
  const known = new Map([...grid.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(items.map(keyOf));
  for (const [key, card] of known) if (!wanted.has(key) && card.querySelector('video')?.paused !== false) card.remove();
  let at = grid.firstElementChild;
  for (const item of items) {
    const card = known.get(keyOf(item));
    if (card) {
      if (card === at) at = at.nextElementSibling;
      continue;
    }
    const fresh = makeCard(item);
    fresh.dataset.key = keyOf(item);
    grid.insertBefore(fresh, at);
  }
}

function clipCard(clip) {
  const video = make('video', {
    controls: true,
    preload: 'none',
    poster: clip.thumbnail_path,
    src: clip.media_path,
    playsInline: true,
  });
  const facts = [
    instant(clip.timestamp),
    `${Math.round(clip.duration)} s`,
    bytes(clip.size_bytes),
    clip.partial && 'with gaps',
  ]
    .filter(Boolean)
    .join(' · ');
  return make(
    'article',
    { className: 'card' },
    make('div', { className: 'picture' }, video),
    make(
      'div',
      { className: 'below' },
      make('span', { className: 'title', textContent: `${words(clip.event_type)} on ${clip.camera_id}` }),
      make(
        'span',
        { className: 'actions' },
        make('a', { href: `${clip.media_path}?download`, download: `${clip.clip_id}.mp4`, textContent: 'Download' }),
      ),
      make('span', { className: 'facts', textContent: facts }),
    ),
  );
}

function snapshotCard(snapshot) {
  const image = make('img', { src: snapshot.media_path, alt: `Snapshot of ${snapshot.camera_id}`, loading: 'lazy' });
  const facts = [
    instant(snapshot.captured_at ?? snapshot.timestamp),
    snapshot.width && `${snapshot.width} × ${snapshot.height}`,
  ]
    .filter(Boolean)
    .join(' · ');
  return make(
    'article',
    { className: 'card' },
    make('a', { className: 'picture', href: snapshot.media_path, target: '_blank', rel: 'noreferrer' }, image),
    make(
      'div',
      { className: 'below' },
      make('span', {
        className: 'title',
        textContent: `${snapshot.camera_id}${snapshot.reason ? `: ${words(snapshot.reason)}` : ''}`,
      }),
      make('span', { className: 'facts', textContent: facts }),
    ),
  );
}
