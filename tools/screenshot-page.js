// Runs in the console's page, for tools/screenshot.ts: plays the newest clip and seeks in it, by a Range request.
async function playNewestClip() {
  const video = document.querySelector('#clips video');
  video.muted = true;
  await video.play();
  await new Promise((settle) => video.addEventListener('timeupdate', () => video.currentTime > 1 && settle()));
  video.currentTime = 12;
  await new Promise((settle) => video.addEventListener('seeked', settle, { once: true }));
  video.pause();
  return { seconds: video.duration, at: video.currentTime, width: video.videoWidth };
}

function everyCameraHasPicture() {
  const images = [...document.querySelectorAll('#cameras img')];
  return images.every((image) => !image.hidden && image.naturalWidth > 0);
}

// The page sets currentTime before anything plays. Only a fragment on show has a wall clock: that says that it plays.
function playerShowsFootage() {
  const hasPicture = document.querySelector('#player video').videoWidth > 0;
  return hasPicture && /\d:\d\d/.test(document.querySelector('#player .note').textContent);
}

Object.assign(globalThis, { playNewestClip, everyCameraHasPicture, playerShowsFootage });
