// Runs in a page: plays a clip, and reads the number in the strip along its first picture's top. The number stands in
// cells 12 to 37 of 64 (apps/camera-simulator/src/media.ts).
async function lookAtClip(name) {
  const video = document.createElement('video');
  video.muted = true;
  video.src = `/${name}.mp4`;
  await new Promise((settle, fail) => {
    video.onloadeddata = settle;
    video.onerror = () => fail(new Error(video.error.message));
  });
  document.body.replaceChildren(video);
  // What was loaded is not yet what is on show.
  await new Promise((settle) => video.requestVideoFrameCallback(settle));
  const canvas = new OffscreenCanvas(64, 1);
  const picture = canvas.getContext('2d');
  const stripHeight = Math.floor(video.videoHeight / 27 / 2) * 2;
  picture.drawImage(video, 0, 2, video.videoWidth, stripHeight - 4, 0, 0, 64, 1);
  const { data } = picture.getImageData(0, 0, 64, 1);
  let frame = 0;
  for (let cell = 12; cell < 38; cell++) frame = frame * 2 + (data[cell * 4] > 117 ? 1 : 0);
  await video.play();
  await new Promise((settle) => video.addEventListener('timeupdate', () => video.currentTime > 0.2 && settle()));
  video.currentTime = video.duration / 2;
  await new Promise((settle) => video.addEventListener('seeked', settle, { once: true }));
  return { frame, seconds: video.duration };
}
