// How the page asks the console's API, and how it writes the answers.

export async function get(path) {
  return answer(await fetch(path, { headers: { accept: 'application/json' } }));
}

export async function post(path, body = {}) {
  return answer(
    await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(await csrf()) },
      body: JSON.stringify(body),
    }),
  );
}

let csrfHeader;
/** Whoever signed in by name proves with every change that a page of ours sends it. */
async function csrf() {
  csrfHeader ??= get('/api/session').then((session) => (session.csrf ? { 'x-csrf-token': session.csrf } : {}));
  return csrfHeader;
}

async function answer(response) {
  if (response.status === 401) {
    location.assign('/login.html');
    return new Promise(() => {});
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok)
    throw Object.assign(new Error(body.error?.message ?? `HTTP ${response.status}`), {
      code: body.error?.code,
      nearest: body.error?.nearest,
    });
  return body;
}

/** Makes an element. Text is always text and never markup, because names come from outside. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

let noticeTimer;
export function notice(text, mood = 'good') {
  const box = document.getElementById('notice');
  box.textContent = text;
  box.dataset.mood = mood;
  box.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (box.hidden = true), 6000);
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function instant(seconds) {
  const date = new Date(seconds * 1000);
  return date.toDateString() === new Date().toDateString()
    ? clock.format(date)
    : `${day.format(date)}, ${clock.format(date)}`;
}

export function age(seconds) {
  const s = Math.max(0, Math.round(Date.now() / 1000 - seconds));
  if (s < 5) return 'now';
  if (s < 120) return `${s} s ago`;
  if (s < 7200) return `${Math.round(s / 60)} min ago`;
  return s < 172_800 ? `${Math.round(s / 3600)} h ago` : `${Math.round(s / 86_400)} days ago`;
}

export function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let index = 0;
  while (count >= 1000 && index < units.length - 1) [count, index] = [count / 1000, index + 1];
  return `${count.toFixed(count < 10 && index > 0 ? 1 : 0)} ${units[index]}`;
}

/** Writes `camera_refused` as a person says it. */
export function words(code) {
  return String(code ?? '').replaceAll('_', ' ');
}
