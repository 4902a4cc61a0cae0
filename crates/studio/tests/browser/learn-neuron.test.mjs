// Chapter 1 of Learn: orange or peach? From beginning to end.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import { drawWithMouse, placesIn } from './steps.mjs';
import { PHONE, story, until } from './studio.mjs';

const AT = '/learn/neuron';
const PIECES = 8;
/** Milliseconds from a key press until the page has answered. */
const AT_ONCE = 50;

const group = (page, name) => page.getByRole('group', { name, exact: true });
const figures = (page) => ({
  decide: group(page, 'Decide what each piece of fruit is'),
  hand: group(page, 'One neuron that you set'),
  learner: group(page, 'One neuron that learns'),
  apples: group(page, 'One neuron for oranges and apples'),
  lab: group(page, 'A network that learns'),
  bench: group(page, 'Ask the network about your own fruit'),
});
const button = (place, name) => place.getByRole('button', { name, exact: true });
/** A neuron of the drawing; its name ends with its value. */
const neuron = (lab, name) => lab.getByRole('button', { name: new RegExp(`^${name} .*\\d`) });
const sum = (place) => place.getByRole('group', { name: 'sum', exact: true });

/** The numbers of a text such as "− 0.50 × 12 % = −6.0". */
const numbersIn = (text) => text.replaceAll(/−\s*/g, '-').match(/-?\d+(\.\d+)?/g).map(Number);

/** The sum that a neuron shows is that of its products. */
async function checkSum(place) {
  const [first, a, second, b, bias, total] = numbersIn((await sum(place).locator('.fruit-term').evaluateAll((terms) => terms.map((term) => term.lastChild.textContent))).join(' '));
  assert(Math.abs(first * a + second * b + bias - total) < 0.06, `${first} × ${a} + ${second} × ${b} + ${bias} = ${total}`);
  const isOrange = total > 0;
  assert.equal(/^above zero: orange/.test(await sum(place).locator('.fruit-says').textContent()), isOrange);
}

/** Drags with the mouse. The browser tells the page of moves with its next frame. */
async function drag(page, from, to) {
  await drawWithMouse(page, from, to);
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
}

/** Names a piece of fruit by its fuzz, as a person would: `press(name)`. */
async function decideAll(page, press) {
  const { decide } = figures(page);
  for (let piece = 1; piece <= PIECES; piece += 1) {
    await decide.getByText(`Fruit ${piece} of ${PIECES}`).waitFor();
    const [fuzz] = numbersIn(await decide.getByRole('definition').last().textContent());
    await press(fuzz > 20 ? 'peach' : 'orange');
  }
  await decide.getByText('You got 8 of 8.').waitFor();
}

async function answerQuestions(page, press = (one) => one.click()) {
  await press(page.getByRole('button', { name: 'It does not count that number at all' }));
  await press(page.getByRole('button', { name: 'Of the two things it knows, peach fits much better' }));
  await page.getByRole('link', { name: 'Orange or peach? finished' }).waitFor();
}

story('orange or peach? The chapter done with the pointer', { at: AT }, async ({ page }) => {
  const { decide, hand, learner, apples, lab, bench } = figures(page);
  await decideAll(page, (name) => button(decide, name).click());
  await button(decide, 'colour').click();
  await decide.getByText('With colour alone you can name only 87 of 120. Look at fuzziness: 120 of 120.').waitFor();
  await button(decide, 'fuzziness').click();
  await decide.getByText('Yes: with fuzziness alone you can name 120 of 120.').waitFor();

  // The line, dragged by its ends to lie between smooth and fuzzy fruit, with the oranges below.
  const plot = hand.getByRole('application');
  await hand.getByText('71 of 120').waitFor();
  await plot.scrollIntoViewIfNeeded();
  await checkSum(hand);
  const [right, left] = await placesIn(plot, [0.9, 0.63], [0.2, 0.63]);
  for (const [at, place] of [[0, right], [1, left]]) {
    const [grip] = await placesIn(hand.locator('.fruit-handle').nth(at), [0.5, 0.5]);
    await drag(page, grip, place);
  }
  await hand.getByText('120 of 120').waitFor();
  await checkSum(hand);
  // The line as a whole: up between the peaches, and down again.
  const [middle, above] = await placesIn(plot, [0.55, 0.63], [0.55, 0.4]);
  await drag(page, middle, above);
  await until(async () => numbersIn(await hand.locator('.fruit-score').textContent())[0] < 110, 'peaches below the line');
  await drag(page, above, middle);
  await hand.getByText('120 of 120').waitFor();
  // The pointer on another piece of fruit gives its sum.
  const before = await sum(hand).textContent();
  const [near] = await placesIn(plot, [0.35, 0.35]);
  await page.mouse.move(near.x, near.y);
  await until(async () => await sum(hand).textContent() !== before, 'another sum');
  await checkSum(hand);

  await button(learner, 'One step').click();
  await learner.getByText('1 step', { exact: true }).waitFor();
  await button(learner, 'Run').click();
  await until(async () => numbersIn(await learner.locator('.fruit-score').textContent())[0] >= 118, 'a line that divides');
  await button(learner, 'Pause').click();

  await page.getByRole('button', { name: 'No, some will always be wrong' }).click();
  await apples.getByText('No line gets more than 92 of 120.').waitFor();

  await lab.getByText('0 steps', { exact: true }).waitFor();
  await lab.getByLabel('Speed').selectOption('fast');
  await button(lab, 'Run').click();
  await lab.getByText('24 of 24').waitFor();
  await lab.getByText('96 of 96').waitFor();
  await button(lab, 'Pause').click();
  // A connection and a neuron tell their numbers.
  await neuron(lab, 'Neuron 2 of layer 1').hover();
  await lab.getByRole('status').getByText('Neuron 2 of layer 1').waitFor();
  await button(lab, 'Reset').click();
  await lab.getByText('0 steps', { exact: true }).waitFor();

  await page.getByRole('button', { name: '“Orange” or “peach”, and it may be very sure' }).click();
  await button(bench, 'a red apple').click();
  await bench.getByText(/^It says an orange, \d+(\.\d)?\u00a0% sure\. It has no idea/).waitFor();
  await button(bench, 'a tennis ball').click();
  await bench.getByText(/^It says a peach, .* A ball is fuzzy/).waitFor();
  await bench.getByRole('switch', { name: 'Teach it apples too' }).click();
  await button(bench, 'a green apple').click();
  await bench.getByText(/^It says an apple, .* Now it has learned from apples too/).waitFor();
  await button(bench, 'a tennis ball').click();
  await bench.getByText(/it still knows no balls/).waitFor();
  await answerQuestions(page);
});

story('the chapter done with the keyboard alone', { at: AT }, async ({ page }) => {
  const { decide, hand, learner, lab, bench } = figures(page);
  const press = async (element, key = 'Enter') => {
    await element.focus();
    await page.keyboard.press(key);
  };
  await decideAll(page, (name) => press(button(decide, name)));

  const slide = (name) => hand.getByRole('slider', { name });
  await press(slide('how much fuzziness counts'), 'Home');
  await press(slide('how much weight counts'), 'Home');
  for (let tenth = 0; tenth < 5; tenth += 1) await page.keyboard.press('PageUp');
  assert.equal(await slide('how much weight counts').getAttribute('aria-valuetext'), '0.00');
  await press(slide('bias'), 'Home');
  for (let tenth = 0; tenth < 5; tenth += 1) await page.keyboard.press('PageUp');
  for (let half = 0; half < 80; half += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await slide('bias').getAttribute('aria-valuetext'), '40.0');
  await hand.getByText('120 of 120').waitFor();
  const plot = hand.getByRole('application');
  await press(plot, 'ArrowUp');
  await hand.locator('[aria-live]').getByText(/^an? (orange|peach), weight \d+/).waitFor({ state: 'attached' });
  await checkSum(hand);

  await press(button(learner, 'One step'));
  await learner.getByText(/^It sees an? (orange|peach)\. It says/).waitFor();

  await press(neuron(lab, 'colour'), 'ArrowRight');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Neuron 1 of layer 1/);
  await page.keyboard.press('ArrowDown');
  await lab.getByRole('status').getByText('Neuron 2 of layer 1').waitFor();
  await press(button(lab, 'One neuron fewer in layer 1'));
  await press(button(lab, 'One neuron fewer in layer 1'));
  await neuron(lab, 'Neuron 3 of layer 1').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'One neuron fewer in layer 1');
  await press(button(lab, 'One step'));
  await lab.getByText('1 step', { exact: true }).waitFor();

  await press(page.getByRole('button', { name: '“Apple”' }));
  await press(bench.getByRole('slider', { name: 'fuzziness' }), 'End');
  await bench.getByText(/^It says a peach/).waitFor();
  await answerQuestions(page, press);
});

/** Elements that make their view wider than the screen. */
const tooWide = (page) => page.evaluate(() => [document.documentElement, document.getElementById('view-learn')]
  .filter((element) => element.scrollWidth > element.clientWidth).map((element) => `${element.id || element.tagName}: ${element.scrollWidth} in ${element.clientWidth}`));

story('the chapter on a phone', { at: `${AT}?layers=6-6-6&fruit=orange-peach-apple`, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  const { decide, hand, lab, bench } = figures(page);
  await decideAll(page, (name) => button(decide, name).tap());
  await button(decide, 'roundness').tap();
  const plot = hand.getByRole('application');
  const before = await sum(hand).textContent();
  await plot.tap({ position: { x: 120, y: 80 } });
  await until(async () => await sum(hand).textContent() !== before, 'another sum');
  await checkSum(hand);
  await button(lab, 'One step').tap();
  await neuron(lab, 'Neuron 6 of layer 3').tap();
  await lab.getByRole('status').getByText('Neuron 6 of layer 3').waitFor();
  await page.getByRole('button', { name: 'Yes, if you find the right one' }).tap();
  await page.getByRole('button', { name: '“I do not know this.”' }).tap();
  await button(bench, 'a green apple').tap();
  assert.deepEqual(await tooWide(page), []);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.deepEqual(await tooWide(page), []);
  await answerQuestions(page, (one) => one.tap());
});

story('a teacher hands out an address, and what is changed is in the address', { at: `${AT}?layers=none&fruit=orange-peach&numbers=diameter-roundness&seed=7&hand=colour-weight` }, async ({ page }) => {
  const { hand, lab } = figures(page);
  await lab.getByText('No layer between: each answer is one sum.').waitFor();
  const value = (place, name) => place.getByRole('combobox', { name, exact: true }).inputValue();
  assert.deepEqual([await value(lab, 'Fruit'), await value(lab, 'Number across'), await value(lab, 'Number up'), await lab.getByRole('spinbutton', { name: 'Beginning' }).inputValue()], ['orange-peach', 'diameter', 'roundness', '7']);
  assert.deepEqual([await value(hand, 'Number across'), await value(hand, 'Number up')], ['colour', 'weight']);

  await button(lab, 'Add a layer').click();
  await lab.getByLabel('Size of steps').selectOption('0.3');
  await until(() => new URL(page.url()).search === '?hand=colour-weight&fruit=orange-peach&numbers=diameter-roundness&rate=0.3&seed=7', 'the address');
  await page.goto(`${page.url()}&layers=3&nothing=7`);
  await neuron(lab, 'Neuron 3 of layer 1').waitFor();
});

story('steps that are far too large leave a network that cannot learn, and it says so', { at: `${AT}?rate=10&layers=6-6-6` }, async ({ page }) => {
  const { lab } = figures(page);
  await lab.getByLabel('Speed').selectOption('fast');
  await button(lab, 'Run').click();
  await lab.getByText(/They were far too large: all neurons of a layer are stuck at zero/).waitFor();
  await button(lab, 'Run').waitFor();
  await button(lab, 'Reset').click();
  await lab.getByText('0 steps', { exact: true }).waitFor();
});

/** The serious findings of axe, with the elements that cause them. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.split('\n')[1]?.trim()})`).join(' | ')}`);
}

for (const colorScheme of ['dark', 'light']) {
  story(`the chapter is accessible to screen readers, ${colorScheme}`, { at: AT, colorScheme }, async ({ page }) => {
    const { decide, lab } = figures(page);
    await decide.waitFor();
    assert.deepEqual(await findings(page), [], 'at the beginning');
    await decideAll(page, (name) => button(decide, name).click());
    await button(decide, 'weight').click();
    await page.getByRole('button', { name: 'No, some will always be wrong' }).click();
    await page.getByRole('button', { name: '“Apple”' }).click();
    await button(lab, 'One step').click();
    assert.deepEqual(await findings(page), [], 'at the end');
  });
}

story('what is touched answers at once', { at: AT }, async ({ page }) => {
  const { hand, lab } = figures(page);
  await lab.waitFor();
  // The page draws while it handles an event.
  const took = (element, kind) => element.evaluate((target, type) => {
    const begun = performance.now();
    if (type === 'input') target.value = Number(target.value) + 1;
    target.dispatchEvent(new Event(type, { bubbles: true }));
    return performance.now() - begun;
  }, kind);
  for (const [element, kind] of [[hand.getByRole('slider', { name: 'bias' }), 'input'], [button(lab, 'One step'), 'click'], [neuron(lab, 'Neuron 3 of layer 1'), 'click']]) {
    // The first time also compiles the scripts.
    await took(element, kind);
    const times = [];
    for (let time = 0; time < 5; time += 1) times.push(await took(element, kind));
    assert(Math.min(...times) < AT_ONCE, `${kind}: ${times.map(Math.round)} ms`);
  }
});
