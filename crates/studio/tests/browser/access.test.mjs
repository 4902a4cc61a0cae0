// Accessibility: keyboard only, phones, dark and light themes, reduced motion, screen readers.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import { picture } from './pictures.mjs';
import { LONG, QUICK, beginDream, dream, dreamOf, named } from './steps.mjs';
import { PHONE, story, until } from './studio.mjs';

const PHOTO = picture();
const MOST_TABS = 80;

/** Presses Tab until an element has the focus. */
async function tabTo(page, wanted) {
  for (let press = 0; press < MOST_TABS; press += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`the Tab key does not come to ${wanted}`);
}

story('a dream can be made with the keyboard alone', { photo: PHOTO, look: QUICK }, async ({ page, studio }) => {
  const { dream: button, divider, filter } = named(page);
  await page.getByRole('img', { name: /^Photo: / }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the picture');
  await page.keyboard.press('Enter');

  await tabTo(page, filter('dogs'));
  await page.keyboard.press('ArrowRight');
  assert(await filter('beasts').isChecked());
  await page.keyboard.press('ArrowRight');
  assert(await filter('eyes').isChecked());

  await tabTo(page, button);
  await page.keyboard.press('Enter');
  await divider.waitFor();
  await page.locator('body').press('Control+Enter');
  await until(async () => (await studio.get('/api/dreams')).total === 2, 'a second dream by Ctrl+Enter');
  await divider.waitFor();
  await tabTo(page, divider);
  await page.keyboard.press('PageUp');
  assert.equal(await divider.getAttribute('aria-valuenow'), '10');
});

story('a mask can be made with the keyboard alone', { photo: PHOTO, look: QUICK }, async ({ page }) => {
  await named(page).photo('waves.png').waitFor();
  await page.keyboard.press('m');
  await tabTo(page, named(page).button('Shape'));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Shape' }).getByRole('button', { name: 'Use this shape' }).press('Enter');
  await page.keyboard.press('Tab');
  await named(page).button('Done').press('Enter');
  await page.locator('.chip', { hasText: 'circle:50%,50%,30%,10%' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'paint-button');
});

/** Elements that make their view wider than the screen. */
const tooWide = (page) => page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.view:not([hidden])')]
  .filter((element) => element.scrollWidth > element.clientWidth)
  .map((element) => `${element.id || element.tagName}: ${element.scrollWidth} in ${element.clientWidth}`));

story('nothing scrolls sideways on a phone', { photo: PHOTO, look: QUICK, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page, studio, photo }) => {
  const { dream: button, divider } = named(page);
  await named(page).photo('waves.png').waitFor();
  const box = await button.boundingBox();
  assert(box.y >= 0 && box.y + box.height <= PHONE.height, 'the Dream button is not on the screen');
  assert.deepEqual(await tooWide(page), []);
  await button.tap();
  await divider.waitFor();
  assert.deepEqual(await tooWide(page), []);

  // More filters than fit in one row.
  const looks = ['birds', 'mosaic', 'swirls', 'treasure', 'ornaments'].map((preset) => ({ ...QUICK, preset }));
  for (const look of looks) await studio.post('/api/jobs', { photo: photo.id, look });
  await until(async () => (await studio.get('/api/dreams')).total === looks.length + 1, 'the dreams');
  const { dreams: [made] } = await studio.get('/api/dreams');
  for (const [address, there] of [
    ['/gallery', page.getByRole('list', { name: 'Dreams' })],
    [`/gallery?dream=${made.id}`, page.getByRole('textbox', { name: 'Name' })],
    [`/explorer?photo=${photo.id}`, page.getByRole('list', { name: 'Channels', exact: true }).getByRole('button').first()],
    ['/train', page.getByRole('button', { name: 'Start with your pictures' })],
    ['/train?network=eyeballs', page.getByRole('button', { name: 'Choose a picture…' })],
    ['/login', page.getByLabel('Password')],
    ['/api/docs', page.getByRole('heading', { level: 2 }).first()],
  ]) {
    await page.goto(studio.url + address);
    await there.waitFor();
    assert.deepEqual(await tooWide(page), [], address);
  }
});

/** The brightness of the page's background, 0 to 255. */
const brightness = (page) => page.evaluate(() => {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return (red + green + blue) / 3;
});

story('the theme follows the computer unless it is chosen', { photo: PHOTO, colorScheme: 'dark' }, async ({ page }) => {
  const isDark = async () => await brightness(page) < 60;
  const isLight = async () => await brightness(page) > 200;
  await until(isDark, 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await until(isLight, 'light');

  await named(page).button('Menu').click();
  await page.getByRole('radio', { name: 'Dark' }).check();
  await until(isDark, 'dark, chosen');
  await page.reload();
  await until(isDark, 'dark, remembered');
  await named(page).button('Menu').click();
  assert(await page.getByRole('radio', { name: 'Dark' }).isChecked());
});

story('with reduced motion nothing is animated', { photo: PHOTO, look: LONG, reducedMotion: 'reduce' }, async ({ page }) => {
  await beginDream(page);
  await page.locator('.growing img').first().waitFor();
  const moving = () => page.evaluate(() => document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().activeDuration > 10)
    .map((animation) => animation.animationName ?? animation.transitionProperty));
  assert.deepEqual(await moving(), []);
  await named(page).button('Cancel').click();
});

/** The serious findings of axe, with the elements that cause them. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.split('\n')[1]?.trim()})`).join(' | ')}`);
}

for (const colorScheme of ['dark', 'light']) {
  story(`every view is accessible to screen readers, ${colorScheme}`, { photo: PHOTO, look: QUICK, colorScheme, prepare: dreamOf }, async ({ page, studio, photo }) => {
    const { button, photo: shown } = named(page);
    const isFine = async (view) => assert.deepEqual(await findings(page), [], view);
    const go = (address) => page.goto(studio.url + address);

    await shown('waves.png').waitFor();
    await isFine('a photo');
    await button('Open a picture').click();
    await page.getByRole('heading', { name: 'Open a picture' }).waitFor();
    await isFine('welcome');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Advanced/ }).click();
    await isFine('advanced settings');
    await page.keyboard.press('Escape');
    await button('Paint where').click();
    await isFine('painting');
    await page.keyboard.press('Escape');
    await button('Menu').click();
    await isFine('the menu');
    await button('Keyboard shortcuts').click();
    await isFine('shortcuts');
    await page.keyboard.press('Escape');
    await button('Search').click();
    await page.getByRole('combobox', { name: 'Search everything' }).fill('dogs');
    await page.getByRole('option', { name: /^dogs/ }).waitFor();
    await isFine('the search');
    await page.keyboard.press('Escape');

    await dream(page);
    await isFine('a dream');
    await named(page).queue.click();
    await isFine('the queue');

    await go('/explorer?choose');
    await page.getByRole('heading', { name: 'Explore a network' }).waitFor();
    await isFine('the explorer without a picture');
    await go(`/explorer?photo=${photo.id}`);
    await page.getByRole('list', { name: 'Channels', exact: true }).getByRole('button').first().click();
    await page.getByRole('link', { name: 'Dream this channel' }).waitFor();
    await isFine('the explorer');

    await go('/gallery');
    const first = page.getByRole('list', { name: 'Dreams' }).getByRole('link').first();
    await first.waitFor();
    await isFine('the gallery');
    await first.click();
    await page.getByRole('textbox', { name: 'Name' }).waitFor();
    await isFine('a dream of the gallery');

    await go('/login');
    await page.getByLabel('Password').waitFor();
    await isFine('log in');
    await go('/api/docs');
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await isFine('the API');
  });
}
