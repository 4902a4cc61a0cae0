// Comforts of the page: its language, the size of its text, the menu, and the search over everything.

import assert from 'node:assert/strict';
import { picture } from './pictures.mjs';
import { QUICK, dreamOf, named } from './steps.mjs';
import { story, until } from './studio.mjs';

const PHOTO = picture();
const TINY = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
const VIEWS = ['/dream', '/explorer?choose', '/gallery', '/train', '/learn'];

const sizeOfText = (page, name) => page.getByRole('dialog', { name: 'Menu' }).getByRole('radio', { name });
const languageOf = (page) => page.evaluate(() => document.documentElement.lang);

story('the page is in German when that is chosen, and in English again', { photo: PHOTO }, async ({ page, studio, photo }) => {
  const { button, photo: shown } = named(page);
  await shown('waves.png').waitFor();
  await button('Menu').click();
  await button('Deutsch').click();
  await page.getByRole('link', { name: 'Träumen', exact: true }).waitFor();
  assert.equal(await languageOf(page), 'de');
  await page.getByText('aus allem schauen Hunde und Bären heraus').first().waitFor();
  await page.getByRole('button', { name: /^Erweitert/ }).click();
  await page.getByLabel('Netz', { exact: true }).waitFor();

  await page.goto(`${studio.url}/train`);
  await page.getByRole('heading', { name: 'Bring einem Netz deine eigenen Dinge bei' }).waitFor();
  await page.goto(`${studio.url}/explorer?photo=${photo.id}`);
  await page.getByRole('button', { name: /^Kanal \d+, im Mittel \d+,\d\d$/ }).first().waitFor();
  assert.equal(await page.title(), 'Erkunden · Oneiric');

  await button('Menü').click();
  await button('English').click();
  await page.getByRole('link', { name: 'Dream', exact: true }).waitFor();
  assert.equal(await languageOf(page), 'en');
});

story('a browser in German gets German numbers and dates', { photo: PHOTO, locale: 'de-AT', look: QUICK, prepare: dreamOf }, async ({ page, studio }) => {
  await until(async () => await languageOf(page) === 'de', 'German');
  await page.goto(`${studio.url}/gallery`);
  await page.getByText('1 Traum', { exact: true }).waitFor();
  await page.getByRole('list', { name: 'Träume' }).getByRole('link').first().click();
  await page.getByText(/^\d\d\.\d\d\.\d{4}, \d\d:\d\d · .* · \d+,\d s$/).waitFor();
});

story('every filter, option and kit is described in German', {}, async ({ studio }) => {
  const { presets, options } = await studio.get('/api/catalogue');
  const { kits } = await studio.get('/api/trainings');
  const german = await studio.get('/assets/messages/de.json');
  const names = (list) => list.map(({ name }) => name).sort();
  assert.deepEqual(Object.keys(german.presets).sort(), names(presets));
  assert.deepEqual(Object.keys(german.options).sort(), names(options));
  assert.deepEqual(Object.keys(german.kits).sort(), names(kits));
});

/** The sizes of all texts that are shown, by the place of their element in the page. */
const sizesOf = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .filter((element) => element.checkVisibility() && !element.closest('noscript, svg') && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((element) => [element.className || element.tagName, parseFloat(getComputedStyle(element).fontSize)]));

// With reduced motion every property has a transition, although a short one.
story('larger text is larger everywhere', { photo: PHOTO, at: '/learn', reducedMotion: 'no-preference' }, async ({ page, studio }) => {
  const { button } = named(page);
  for (const view of VIEWS) {
    await page.goto(studio.url + view);
    await page.locator('.view:not([hidden])').getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
    await button('Menu').click();
    await sizeOfText(page, 'Normal').check();
    const before = await sizesOf(page);
    await sizeOfText(page, 'Largest').check();
    const after = await sizesOf(page);
    assert.deepEqual(after.filter(([, size], at) => !(size > before[at]?.[1])), [], view);
  }
  await page.reload();
  await until(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize === '22px'), 'large text, remembered');
});

for (const locale of ['en', 'de']) {
  story(`the largest text fits the smallest phone, ${locale}`, { photo: PHOTO, locale, ...TINY }, async ({ page, studio }) => {
    await page.evaluate(() => localStorage.setItem('oneiric.text', 'largest'));
    for (const view of VIEWS) {
      await page.goto(studio.url + view);
      await page.locator('.view:not([hidden])').getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
      const tooWide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.view:not([hidden])')]
        .filter((element) => element.scrollWidth > element.clientWidth).map((element) => `${element.id || element.tagName}: ${element.scrollWidth}`));
      assert.deepEqual(tooWide, [], view);
      const menu = await page.locator('#menu-button').boundingBox();
      assert(menu.x >= 0 && menu.x + menu.width <= TINY.viewport.width, `the menu is not on the screen of ${view}`);
    }
  });
}

story('the menu works with the keyboard', { photo: PHOTO }, async ({ page }) => {
  const menu = named(page).button('Menu');
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Menu' }).waitFor();
  await page.keyboard.press('Tab');
  assert(await sizeOfText(page, 'Normal').evaluate((radio) => radio === document.activeElement));
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.text), 'larger');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Menu' }).waitFor({ state: 'hidden' });
  assert(await menu.evaluate((button) => button === document.activeElement));
});

const searchField = (page) => page.getByRole('combobox', { name: 'Search everything' });

/** Searches with the keyboard, and opens the result of this name in a group. */
async function search(page, query, group, name) {
  await page.keyboard.press('Control+k');
  await searchField(page).waitFor();
  await page.keyboard.type(query);
  await page.getByRole('group', { name: group }).getByRole('option', { name }).first().waitFor();
  const wanted = page.getByRole('group', { name: group }).getByRole('option', { name, selected: true });
  await until(async () => {
    if (await wanted.count()) return true;
    await page.keyboard.press('ArrowDown');
    return false;
  }, `${name} in ${group}`);
  await page.keyboard.press('Enter');
  await searchField(page).waitFor({ state: 'hidden' });
}

// The studio answers 404 to a word that no class has.
story('the search finds everything with the keyboard', { photo: PHOTO, prepare: dreamOf, unknown: true }, async ({ page, studio }) => {
  await named(page).photo('waves.png').waitFor();
  await until(() => page.evaluate(() => !document.getElementById('queue-button').disabled), 'a page that is ready');

  // An option, although it is not spelt right.
  await search(page, 'jiter', 'Options', /^Jitter/);
  await page.getByRole('dialog', { name: 'Advanced' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-setting]')?.dataset.setting), 'jitter');
  await page.keyboard.press('Escape');

  await search(page, 'stained glass', 'Filters', /^mosaic/);
  await until(() => named(page).filter('mosaic').isChecked(), 'the filter');

  await search(page, 'poodle', 'Classes', /^standard poodle/i);
  await page.getByRole('list', { name: 'Chosen words' }).getByText(/standard poodle/i).waitFor();

  await search(page, 'fire8', 'Layers', /^fire8 ?SqueezeNet/);
  await page.getByRole('heading', { name: /channels of fire8$/ }).waitFor();

  await search(page, 'waves', 'Dreams', /^waves/);
  await page.getByRole('textbox', { name: 'Name' }).waitFor();

  await search(page, 'peach', 'Chapters', /^Orange or peach/);
  await until(() => new URL(page.url()).pathname === '/learn/neuron', 'the chapter');

  // A section of a chapter.
  await search(page, 'brain', 'Chapters', /brain/);
  await until(() => page.locator('#learn-neuron-brain').evaluate((section) => {
    const { top } = section.getBoundingClientRect();
    return top >= 0 && top < innerHeight;
  }), 'the section');

  await search(page, 'gal', 'Views', /^Gallery/);
  await until(() => new URL(page.url()).pathname === '/gallery', 'the gallery');

  await search(page, 'brush', 'Help', /brush/);
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('no such thing anywhere');
  await page.getByText('Nothing found.').waitFor();
  await page.keyboard.press('Control+k');
  await searchField(page).waitFor({ state: 'hidden' });
  assert((await studio.get('/api/dreams')).total === 1);
});
