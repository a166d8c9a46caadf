// Plays recorded footage straight from the files, by hls.js where the browser has no HLS of its own.
import { instant } from './api.js';

const LAST_SECONDS = 300;
const dialog = document.getElementById('player');
const video = dialog.querySelector('video');
const note = dialog.querySelector('.note');
let hls;

dialog.querySelector('button').onclick = () => dialog.close();
dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
dialog.addEventListener('close', () => {
  hls?.destroy();
  hls = undefined;
  video.removeAttribute('src');
  video.load();
});

export async function playFootage(camera) {
  if (camera?.newest_footage_at === undefined) return;
  const end = camera.newest_footage_at;
  const start = end - LAST_SECONDS;
  const source = `/api/cameras/${encodeURIComponent(camera.id)}/footage.m3u8?start=${start}&end=${end}`;
  dialog.querySelector('h3').textContent = `${camera.name}: the minutes before ${instant(end)}`;
  note.textContent = '';
  dialog.showModal();
  await hlsLibrary();
  if (window.Hls?.isSupported()) {
    hls = new window.Hls({ enableWorker: false });
    hls.on(
      window.Hls.Events.ERROR,
      (_, error) => error.fatal && (note.textContent = `This cannot be played (${error.details}).`),
    );
    hls.on(
      window.Hls.Events.LEVEL_LOADED,
      (_, { details }) => (video.currentTime = Math.max(0, details.totalduration - 20)),
    );
    hls.loadSource(source);
    hls.attachMedia(video);
    // Between two pieces hls.js knows no date for a moment. The last one stays, and so does an error's text.
    video.ontimeupdate = () => {
      const shown = hls?.playingDate;
      if (shown) note.textContent = shown.toLocaleString();
    };
  } else {
    video.src = source;
  }
}

let loading;
function hlsLibrary() {
  loading ??= new Promise((settle) => {
    const script = Object.assign(document.createElement('script'), {
      src: '/vendor/hls.min.js',
      onload: settle,
      onerror: settle,
    });
    document.head.append(script);
  });
  return loading;
}
