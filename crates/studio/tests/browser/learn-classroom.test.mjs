// A class: a teacher, three visitors with browsers and twenty-two without, all at once.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import axe from 'axe-core';
import { picture } from './pictures.mjs';
import { QUICK, named } from './steps.mjs';
import { DESKTOP, Studio, launch, until } from './studio.mjs';

const TABLET = { width: 600, height: 900 };
const BROWSERS = 3;
const OTHERS = 22;
/** A click is shown after this many milliseconds at most, also by a program without optimisation on a busy machine. */
const CLICK = 15_000;
const LESSON = 600_000;

/** A studio that is open to a class. */
class Class extends Studio {
  static async open() {
    const studio = await super.open(['--classroom', '--listen', '127.0.0.1']);
    studio.code = (await studio.printed('gives the code')).replaceAll(' ', '');
    studio.link = await studio.printed('You, the teacher');
    return studio;
  }
}

/** A visitor without a browser. */
class Visitor {
  constructor(studio, cookie) {
    Object.assign(this, { studio, cookie });
  }

  static async join(studio) {
    const answer = await studio.ask('POST', '/api/join', JSON.stringify({ code: studio.code }), { 'content-type': 'application/json' });
    return new Visitor(studio, answer.headers.get('set-cookie').split(';')[0]);
  }

  ask(method, path, body, headers = {}) {
    return fetch(this.studio.url + path, { method, body, headers: { ...headers, cookie: this.cookie } });
  }

  async get(path) {
    return (await this.ask('GET', path)).json();
  }

  async post(path, body) {
    return (await this.ask('POST', path, JSON.stringify(body), { 'content-type': 'application/json' })).json();
  }

  /** Uploads a picture, looks at a preview and dreams. */
  async dreams(file) {
    const { id } = await (await this.ask('POST', `/api/pictures?name=${file.name}`, file.buffer)).json();
    this.picture = id;
    const preview = await this.ask('GET', `/api/pictures/${id}/preview?side=128&look=${encodeURIComponent(JSON.stringify({ preset: 'dogs' }))}`);
    assert.equal(preview.headers.get('content-type'), 'image/jpeg');
    await preview.arrayBuffer();
    this.job = (await this.post('/api/jobs', { photo: id, look: QUICK })).id;
    await until(async () => (await this.get(`/api/jobs/${this.job}`)).state === 'done', 'a dream');
  }
}

const open = [];
after(() => Promise.all(open.map((one) => one.close())));

async function classWithBrowser() {
  const studio = await Class.open();
  const browser = await launch();
  open.push(studio, browser);
  /** Opens an address as another person. */
  const person = async (address, options = {}) => {
    const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(60_000);
    await context.addInitScript((look) => {
      if (location.protocol !== 'about:') localStorage.setItem('oneiric.settings', JSON.stringify({ look }));
    }, QUICK);
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
  const visitor = async (options) => {
    const page = await person(`${studio.url}/join#${studio.code}`, options);
    await page.waitForURL('**/learn');
    return page;
  };
  return { studio, person, visitor };
}

const nameOf = async (page) => /You are the (.+)\./.exec(await page.locator('.class-strip').innerText())[1];

test('a lesson with a teacher and twenty-five visitors', { timeout: LESSON }, async () => {
  const { studio, person, visitor } = await classWithBrowser();
  const teacher = await person(studio.link);
  await teacher.getByText(`${studio.code.slice(0, 3)} ${studio.code.slice(3)}`, { exact: true }).waitFor();
  const code = teacher.getByRole('img', { name: /QR code/ });
  await until(() => code.evaluate((image) => image.complete && image.naturalWidth > 0), 'the QR code');

  // The first visitor types the code, on a tablet; the others follow the link in the QR code.
  const first = await person(`${studio.url}/dream`, { viewport: TABLET, hasTouch: true, isMobile: true });
  await first.getByLabel('The code of your class').fill('12');
  await first.getByRole('button', { name: 'Come in' }).tap();
  await first.getByText('This is not the code of the class.').waitFor();
  await first.getByLabel('The code of your class').fill(`${studio.code.slice(0, 3)} ${studio.code.slice(3)}`);
  await first.getByRole('button', { name: 'Come in' }).tap();
  await first.waitForURL('**/learn');
  const pages = [first, ...await Promise.all(Array.from({ length: BROWSERS - 1 }, () => visitor()))];
  const others = await Promise.all(Array.from({ length: OTHERS }, () => Visitor.join(studio)));
  await teacher.getByRole('heading', { name: `${BROWSERS} visitors are here` }).waitFor();
  await until(async () => await teacher.locator('.class-list li').count() === BROWSERS + OTHERS, 'all visitors in the list');
  const names = await Promise.all(pages.map(nameOf));
  assert.equal(new Set(names).size, BROWSERS, names.join());

  // All dream at once, and meanwhile the pages answer.
  const dreaming = others.map((one, at) => one.dreams(picture(`other-${at}.png`, { seed: at + 10 })));
  const clicks = [];
  const timed = async (what, click, shown) => {
    const begun = performance.now();
    await click();
    await shown();
    clicks.push({ what, ms: Math.round(performance.now() - begun) });
  };
  await Promise.all(pages.map(async (page, at) => {
    await page.goto(`${studio.url}/dream`);
    const file = picture(`visitor-${at}.png`, { seed: at + 1 });
    await page.locator('input[type=file]').first().setInputFiles({ name: file.name, mimeType: file.mimeType, buffer: file.buffer });
    await named(page).photo(file.name).waitFor();
    for (const filter of ['beasts', 'eyes', 'dogs']) {
      const radio = named(page).filter(filter);
      await timed('choose a filter', () => radio.check({ force: true }), () => until(() => radio.isChecked(), filter));
    }
    await timed('begin a dream', () => named(page).dream.click(), () => page.locator('.progress-text:visible').or(named(page).divider).first().waitFor());
    await timed('open Learn', () => page.locator('[data-view=learn]').click(), () => page.getByRole('heading', { level: 1, name: 'How it works' }).waitFor());
    await timed('open a chapter', () => page.locator('.learn-card').nth(1).click(), () => page.getByRole('heading', { level: 1, name: 'A convolution is a filter' }).waitFor());
    await timed('open the gallery', () => page.locator('[data-view=gallery]').click(), () => page.locator('#view-gallery:not([hidden])').waitFor());
  }));
  await Promise.all(dreaming);
  const slowest = clicks.reduce((a, b) => (a.ms > b.ms ? a : b));
  const sorted = clicks.map(({ ms }) => ms).sort((a, b) => a - b);
  console.log(`# ${clicks.length} clicks among 25 visitors: median ${sorted[sorted.length >> 1]} ms, slowest ${slowest.ms} ms (${slowest.what})`);
  assert(slowest.ms < CLICK, JSON.stringify(clicks));

  // Each sees their own, and nothing else.
  for (const [at, page] of pages.entries()) {
    const own = page.getByRole('list', { name: 'Dreams' }).getByRole('link');
    await own.first().waitFor();
    assert.equal(await own.count(), 1);
    assert.match(await own.first().getAttribute('aria-label') ?? await own.first().innerText(), new RegExp(`visitor-${at}`));
  }
  for (const one of others) {
    const { total, dreams: [dream] } = await one.get('/api/dreams');
    assert.deepEqual([total, dream.id, dream.photo], [1, one.job, one.picture]);
  }
  const [stranger, ...rest] = others;
  for (const { job, picture: id } of rest) {
    for (const path of [`/api/jobs/${job}`, `/api/dreams/${job}/view`, `/api/pictures/${id}/view`]) {
      assert.equal((await stranger.ask('GET', path)).status, 404, path);
    }
  }

  // A dream goes to the wall, which the others are looking at.
  const [artist, looker] = pages;
  for (const page of [artist, looker, teacher]) await page.goto(`${studio.url}/learn/wall`);
  await looker.getByText('No dream hangs here yet.').waitFor();
  await artist.getByRole('button', { name: 'Offer it' }).tap();
  await artist.getByText('Your teacher looks at it').waitFor();
  assert.equal(await looker.locator('.wall-dreams img').count(), 0);
  await teacher.getByRole('button', { name: 'Put up' }).first().click();
  const hung = looker.getByRole('img', { name: `A dream by the ${names[0]}: dogs` });
  await hung.waitFor();
  await until(() => hung.evaluate((image) => image.complete && image.naturalWidth > 0), 'the picture on the wall');
  await teacher.getByRole('button', { name: `Remove the dream by the ${names[0]}` }).click();
  await looker.getByText('No dream hangs here yet.').waitFor();

  // Eyes on the teacher, and on again.
  await teacher.goto(`${studio.url}/learn/teachers`);
  await teacher.getByRole('button', { name: 'Eyes on me' }).click();
  await looker.getByRole('dialog').getByText('Look at your teacher, please.').waitFor();
  await teacher.getByRole('button', { name: 'Let the class go on' }).click();
  await looker.getByRole('dialog').waitFor({ state: 'hidden' });

  // The lesson ends.
  await teacher.getByRole('button', { name: 'End the lesson' }).click();
  await teacher.getByRole('dialog').getByText('Nobody can bring them back.').waitFor();
  await teacher.getByRole('dialog').getByRole('button', { name: 'End the lesson' }).click();
  for (const page of pages) await page.getByText('The lesson is over.').waitFor();
  await teacher.getByRole('heading', { name: '0 visitors are here' }).waitFor();
  assert.equal((await stranger.ask('GET', '/api/dreams')).status, 401);
});

/** The serious findings of axe. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.split('\n')[1]?.trim()})`).join(' | ')}`);
}

test('the door, the wall and the class are for everyone', { timeout: LESSON }, async () => {
  const { studio, person, visitor } = await classWithBrowser();
  for (const colorScheme of ['dark', 'light']) {
    const door = await person(`${studio.url}/join`, { colorScheme });
    await door.getByRole('button', { name: 'Come in' }).waitFor();
    assert.deepEqual(await findings(door), [], 'the door');
    const pupil = await visitor({ colorScheme, viewport: { width: 320, height: 700 } });
    await pupil.goto(`${studio.url}/learn/wall`);
    await pupil.getByText('You have no dream yet.').waitFor();
    assert.deepEqual(await findings(pupil), [], 'the wall');
    assert(await pupil.locator('#view-learn').evaluate((view) => view.scrollWidth <= view.clientWidth), 'the wall scrolls sideways');
    // A pupil finds no answers.
    await pupil.goto(`${studio.url}/learn/teachers`);
    await pupil.getByRole('heading', { name: 'Worksheets' }).waitFor();
    assert.equal(await pupil.getByRole('heading', { name: 'Answers' }).isVisible(), false);
    assert.equal(await pupil.getByRole('button', { name: 'End the lesson' }).isVisible(), false);
    const teacher = await person(studio.link, { colorScheme });
    await teacher.getByRole('button', { name: 'End the lesson' }).waitFor();
    assert.deepEqual(await findings(teacher), [], 'the class');
  }

  // With the keyboard alone: the code, Enter, and the teacher's decision.
  const page = await person(`${studio.url}/join`);
  await page.getByLabel('The code of your class').focus();
  await page.keyboard.type(studio.code);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/learn');
  const teacher = await person(studio.link);
  await teacher.getByRole('button', { name: 'Let no one else in' }).focus();
  await teacher.keyboard.press('Enter');
  await teacher.getByRole('button', { name: 'Let newcomers in' }).waitFor();
  const late = await person(`${studio.url}/join#${studio.code}`);
  await late.getByText('closed to newcomers').waitFor();
});
