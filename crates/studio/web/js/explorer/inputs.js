/** The channels that feed a channel, with their weights. */
import { fill, h } from '../dom.js';
import { decimal, t } from '../messages.js';
import { channelsPath } from './address.js';

const COLOURS = ['red', 'green', 'blue'];

/** Fetches the strongest inputs of a channel: { all, inputs }. */
export const inputsOf = (api, shown, channel, count) => api.get(`${channelsPath(shown)}/${channel}/inputs?count=${count}`);

/** The name of an input, such as "fire5.squeeze 12". */
export function inputName({ source, layer, channel }) {
  if (source === 'picture') return t(`explorer.inputs.${COLOURS[channel]}`);
  return source === 'layer' ? `${layer} ${channel}` : t('explorer.inputs.unnamed', { channel });
}

/** What the weight of an input does, in words. */
export const weightWords = ({ kernel, weight }) => {
  const [rows, columns] = kernel;
  const value = decimal(weight, 2);
  if (rows * columns > 1) return t('explorer.inputs.pattern', { rows, columns, value });
  return t(weight < 0 ? 'explorer.inputs.less' : 'explorer.inputs.more', { value });
};

/** The weights of a window as small squares: light ones add, dark ones take away. */
export function kernelPicture({ kernel: [rows, columns], weights }) {
  const most = Math.max(...weights.map(Math.abs)) || 1;
  return h('span', { class: 'kernel', 'aria-hidden': 'true', vars: { columns, rows } },
    weights.map((weight) => h('i', { class: weight < 0 ? 'minus' : 'plus', vars: { share: (Math.abs(weight) / most).toFixed(3) } })));
}

/** Create the list. `choose({ layer, channel })` is called for an input that is a channel of a layer. */
export function inputList(api, visualizations, choose) {
  const title = h('h3', {}, t('explorer.inputs.title'));
  const summary = h('p', { class: 'dim small' });
  const list = h('ol', { class: 'inputs', 'aria-label': t('explorer.inputs.title') });
  const element = h('section', { class: 'inputs-section' }, title, summary, list);
  let turn = 0;

  async function load(shown, channel, count = 8) {
    clear();
    const mine = turn;
    const { all, inputs } = await inputsOf(api, shown, channel, count);
    if (mine !== turn) return;
    const most = Math.max(...inputs.map(strength)) || 1;
    summary.textContent = t('explorer.inputs.summary', { n: all });
    fill(list, inputs.map((input) => row(shown, input, strength(input) / most)));
  }

  function row(shown, input, share) {
    const parts = [
      input.source === 'layer' ? visualizations.place({ model: shown.model, layer: input.layer }, input.channel, '', { only: true }) : h('span', { class: `input-colour ${COLOURS[input.channel] ?? ''}` }),
      h('span', { class: 'input-name' }, inputName(input)),
      input.weights.length > 1 && kernelPicture(input),
      h('span', { class: 'input-weight' }, weightWords(input)),
      h('span', { class: `bar ${input.weight < 0 ? 'minus' : ''}`, 'aria-hidden': 'true', vars: { share } }),
    ];
    return h('li', {}, input.source === 'layer'
      ? h('button', { type: 'button', class: 'input', onclick: () => choose(input) }, parts)
      : h('div', { class: 'input' }, parts));
  }

  function clear() {
    turn += 1;
    visualizations.forget(list);
    list.replaceChildren();
    summary.textContent = '';
  }

  return { element, load, clear };
}

/** How strong an input is, as the studio orders them: the root of the sum of its squared weights. */
export const strength = ({ weights }) => Math.hypot(...weights);
