// People sign in by name and use the pages of apps/console-web in a browser.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import type { Page } from 'playwright-core';
import { BrowserStage } from '../testing/browser-stage';
import { TOKEN } from '../testing/console-process';
import { seriousFaults } from '../testing/serious-faults';

const ADMIN_PASSWORD = 'correct horse 1';
const VIEWER_PASSWORD = 'battery staple 2';

let folder: TemporaryFolder;
let stage: BrowserStage;
let address: string;
beforeAll(async () => {
  folder = await temporaryFolder('console-app-users');
  await writeFile(join(folder.path, 'password'), ADMIN_PASSWORD);
  stage = await BrowserStage.start();
  const running = await stage.startConsole({
    CONSOLE_API_TOKEN: TOKEN,
    USERS_FILE: join(folder.path, 'users.json'),
    CONSOLE_ADMIN_PASSWORD_FILE: join(folder.path, 'password'),
  });
  address = `http://127.0.0.1:${running.port}`;
}, 120_000);
afterAll(async () => {
  await stage.stop();
  await folder.remove();
});

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.goto(`${address}/login.html`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.waitForURL(`${address}/`);
}

/** Fills the form in, and waits until the user is kept and listed. A password that is kept later signs the user out. */
async function addGuest(page: Page): Promise<void> {
  await page.goto(`${address}/app/users`);
  const form = page.getByRole('form', { name: 'Add or change a user' });
  await form.getByLabel('Name').fill('guest');
  await form.getByLabel('Password').fill(VIEWER_PASSWORD);
  await form.getByLabel('Entrada').check();
  const kept = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.ok());
  await form.getByRole('button', { name: 'Save' }).click();
  await kept;
  await page.getByRole('heading', { name: 'guest' }).waitFor();
}

describe('people on the pages', () => {
  it('add a user who sees one camera, and sign out: the cookie is worth nothing any more', () =>
    stage.play(async ({ page, context }) => {
      await signIn(page, 'admin', ADMIN_PASSWORD);
      await addGuest(page);
      const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'guest' }) });
      expect(await card.innerText()).toContain('Entrada');
      const cookies = await context.cookies();
      await page.getByRole('button', { name: 'Sign out admin' }).click();
      await page.waitForURL(`${address}/login.html`);
      await context.addCookies(cookies);
      expect((await context.request.get(`${address}/api/cameras`)).status()).toBe(401);
    }));

  it('who may only look find no page for admins, and are told what making needs', () =>
    stage.play(async ({ page }) => {
      await signIn(page, 'admin', ADMIN_PASSWORD);
      await addGuest(page);
      await page.getByRole('button', { name: 'Sign out admin' }).click();
      await page.waitForURL(`${address}/login.html`);
      await signIn(page, 'guest', VIEWER_PASSWORD);
      await page.goto(`${address}/app/exports`);
      await page.getByRole('button', { name: 'Sign out guest' }).waitFor();
      expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
        'Live',
        'Timeline',
        'Events',
        'Exports',
      ]);
      const form = page.getByRole('form', { name: 'Make an export' });
      await form.getByLabel('From').fill('2026-11-23T11:30:00');
      await form.getByLabel('To').fill('2026-11-23T12:00:00');
      await form.getByRole('button', { name: 'Make it' }).click();
      await form.getByText('This needs the role operator; guest has viewer.').waitFor();
      await page.goto(`${address}/app/users`);
      await page.getByText('This needs the role admin').waitFor();
    }));

  it.each([
    ['light', 390],
    ['dark', 1280],
  ] as const)('can use the page of users, %s, %i pixels wide', (colorScheme, width) =>
    stage.play(async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await signIn(page, 'admin', ADMIN_PASSWORD);
      await addGuest(page);
      await page.screenshot({ path: `tmp/pages/Users-${colorScheme}-${width}.png` });
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }),
  );

  it('delete a user, after a question', () =>
    stage.play(async ({ page }) => {
      await signIn(page, 'admin', ADMIN_PASSWORD);
      await addGuest(page);
      page.once('dialog', (dialog) => void dialog.dismiss());
      await page.getByRole('button', { name: 'Delete guest' }).click();
      await page.getByRole('heading', { name: 'guest' }).waitFor();
      page.once('dialog', (dialog) => void dialog.accept());
      await page.getByRole('button', { name: 'Delete guest' }).click();
      await page.getByRole('heading', { name: 'guest' }).waitFor({ state: 'detached' });
    }));
});
