// The numbers of a kernel, to be changed: by typing, by arrow keys, by the buttons below.

import { fill, h, icon, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { gainOf, LARGEST, SIZES, resized, withNumber } from './kernel.js';
import { largest, tint } from './kernel-grid.js';
import { shown } from './numbers.js';
import { choice } from './choice.js';

const text = (name, values) => t(`learn.filters.lab.${name}`, values);

/** Creates the editor of the bench's kernel. */
export function kernelEditor(bench) {
  const grid = h('div', { class: 'filters-cells', role: 'group', 'aria-label': text('numbers') });
  const sizes = choice(text('size'), SIZES.map((size) => [size, text('by', { size })]), (size) => bench.setKernel(resized(bench.kernel, Number(size))));
  const by = field(text('divide'), (number) => bench.setKernel({ ...bench.kernel, by: number }), { min: 0.01 });
  const gain = h('p', { class: 'filters-gain', role: 'status' });
  let fields = [];
  let last = 0;

  /** A number field. Only numbers in its range are taken. */
  function field(label, take, props = {}) {
    return h('input', { type: 'number', step: 'any', min: -LARGEST, max: LARGEST, required: true, autocomplete: 'off', 'aria-label': label, ...props,
      oninput: ({ target }) => {
        target.setAttribute('aria-invalid', String(!target.validity.valid));
        if (target.validity.valid) take(target.valueAsNumber);
      },
      onchange: show });
  }

  const put = (at, number) => bench.setKernel(withNumber(bench.kernel, at, number));

  function build(size) {
    last = (size * size - 1) / 2;
    fields = Array.from({ length: size * size }, (_, at) => {
      const place = { row: Math.floor(at / size) + 1, column: (at % size) + 1 };
      return field(text('number', place), (number) => put(at, number), { onfocus: () => choose(at), onkeydown: (event) => press(event, at) });
    });
    setVars(grid, { size });
    fill(grid, fields);
    choose(last);
  }

  function choose(at) {
    last = at;
    fields.forEach((one, place) => one.classList.toggle('chosen', place === at));
  }

  /** Arrow keys up and down change a number by one, with Shift by a tenth. */
  function press(event, at) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(at, event.shiftKey ? step / 10 : step);
  }

  function move(at, step) {
    const number = Math.round((bench.kernel.numbers[at] + step) * 1000) / 1000;
    if (Math.abs(number) <= LARGEST) put(at, number);
  }

  function show() {
    const { size, numbers, by: divisor } = bench.kernel;
    if (fields.length !== numbers.length) build(size);
    sizes.set(size);
    const most = largest(bench.kernel);
    fields.forEach((one, at) => {
      setVars(one, tint(numbers[at], most));
      if (one.valueAsNumber === numbers[at]) return;
      one.value = numbers[at];
      one.setAttribute('aria-invalid', 'false');
    });
    if (by.valueAsNumber !== divisor) by.value = divisor;
    const sum = gainOf(bench.kernel);
    const kind = Math.abs(sum) < 0.0005 ? 'none' : sum < 0 ? 'below' : sum < 0.9995 ? 'darker' : sum > 1.0005 ? 'brighter' : 'same';
    fill(gain, h('strong', null, text('sum', { sum: shown(sum, 2) })), ' ', text(`gain.${kind}`));
  }

  /** A kernel of small random numbers, divided so that it keeps the brightness if it can. */
  function roll() {
    const { size } = bench.kernel;
    const numbers = Array.from({ length: size * size }, () => Math.floor(Math.random() * 7) - 3);
    bench.setKernel({ size, numbers, by: Math.max(1, Math.abs(numbers.reduce((sum, number) => sum + number, 0))) });
  }

  const step = (symbol, by_, label) => h('button', { type: 'button', class: 'button icon', 'aria-label': label, title: label, onclick: () => move(last, by_) }, symbol);
  const steps = h('div', { class: 'filters-steps', role: 'group', 'aria-label': text('chosen') },
    step('−', -1, text('less')), h('span', { class: 'dim small', 'aria-hidden': 'true' }, text('chosen')), step('+', 1, text('more')));
  bench.on(['kernel', 'photo'], show);
  return h('div', { class: 'filters-editor' },
    h('div', { class: 'filters-square' }, grid, steps),
    h('div', { class: 'filters-about' },
      h('div', { class: 'filters-fields' }, sizes.element,
        h('label', { class: 'filters-divide' }, h('span', { class: 'label' }, text('divide')), by),
        h('button', { type: 'button', class: 'button', onclick: roll }, icon('dice'), text('roll'))),
      gain,
      h('p', { class: 'dim small filters-keys' }, text('keys'))));
}
