// Runs in Chromium, in pages of other sites: what a hostile page would try. Read as text by access/browser.int.spec.ts.

/** Every way in which a page shows or reads what is at an address. */
async function spy(address, picture) {
  const element = (tag, source) =>
    new Promise((settle) => {
      const found = document.createElement(tag);
      found.onload = () => settle('shown');
      found.onerror = () => settle('refused');
      if (tag === 'video') found.onloadedmetadata = () => settle('shown');
      found.src = source;
      document.body.append(found);
    });
  const styles = (source) =>
    new Promise((settle) =>
      document.head.append(
        Object.assign(document.createElement('link'), {
          rel: 'stylesheet',
          href: source,
          onload: () => settle('shown'),
          onerror: () => settle('refused'),
        }),
      ),
    );
  const read = (init) =>
    fetch(address + picture, init).then(
      ({ type }) => `read ${type}`,
      () => 'refused',
    );
  return {
    img: await element('img', address + picture),
    video: await element('video', `${address}/api/media/clips/cam_1/clip.mp4`),
    script: await element('script', `${address}/app.js`),
    styles: await styles(`${address}/style.css`),
    fetch: await read({ credentials: 'include' }),
    'fetch, blindly': await read({ mode: 'no-cors', credentials: 'include' }),
  };
}

/** Every way in which a page makes a browser send a POST. */
async function attack(address) {
  const body = '{"reason":"foreign"}';
  const send = (init) =>
    fetch(address, { method: 'POST', credentials: 'include', body, ...init }).catch(() => undefined);
  await send({ mode: 'no-cors' });
  await send({ mode: 'cors', headers: { 'content-type': 'application/json' } });
  navigator.sendBeacon(address, body);
  for (const target of ['frame', '_blank']) {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: address, target });
    document.body.append(Object.assign(document.createElement('iframe'), { name: 'frame' }), form);
    form.submit();
  }
}

function frame(source) {
  document.body.append(Object.assign(document.createElement('iframe'), { src: source }));
}

/** From within a page whose name leads to the console. */
async function askAsOwn(picture, snapshot) {
  const statusOf = async (path, init) => (await fetch(path, init)).status;
  return [
    await statusOf(picture),
    await statusOf('/api/cameras'),
    await statusOf('/'),
    await statusOf(snapshot, { method: 'POST' }),
  ];
}

/** Tells in the browser's console what the policy forbids, where Chromium itself would be silent. */
function watchPolicy() {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`violates ${violatedDirective}: ${blockedURI}`),
  );
}
