// Which channels feed a channel: a tree to walk down, from a face to the colours of the picture.

import { fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { inputName, inputsOf, kernelPicture, strength, weightWords } from '../../explorer/inputs.js';
import { cutout, patchesOf } from '../../explorer/patches.js';
import { figure } from '../chapter.js';
import { channelPictures, visualization } from './channel.js';
import { MODEL, STEPS } from './picks.js';

/** The inputs of a channel that are shown. */
const BRANCHES = 4;
const SVG = 'http://www.w3.org/2000/svg';

/** Creates the figure. */
export function tree(context, visualizations) {
  const top = STEPS.at(-1);
  const path = h('ol', { class: 'tree-path', 'aria-label': t('learn.features.tree.path') });
  const node = h('div', { class: 'tree-node' });
  const lines = document.createElementNS(SVG, 'svg');
  lines.setAttribute('class', 'tree-lines');
  lines.setAttribute('aria-hidden', 'true');
  lines.setAttribute('preserveAspectRatio', 'none');
  const branches = h('ol', { class: 'tree-branches', 'aria-label': t('learn.features.tree.inputs') });
  const status = h('p', { class: 'tree-status', role: 'status' });
  const up = h('button', { type: 'button', class: 'button small', onclick: () => go(walked.slice(0, -1)) }, icon('chevron-up'), t('learn.features.tree.up'));
  const down = h('button', { type: 'button', class: 'button small', onclick: () => strongest && walk(strongest) }, icon('chevron-down'), t('learn.features.tree.down'));
  const element = figure(t('learn.features.tree.label'), t('learn.features.tree.caption'), path, node, lines, branches, status, h('div', { class: 'tree-buttons' }, up, down));
  let walked = [top];
  /** The strongest input that excites the channel. */
  let strongest = null;
  let turn = 0;

  const walk = ({ layer, channel }) => go([...walked, { layer, channel }]);

  /** Shows the last of the channels on the way. */
  async function go(way) {
    walked = way;
    turn += 1;
    const mine = turn;
    const here = way.at(-1);
    visualizations.forget(element);
    up.disabled = way.length === 1;
    down.disabled = true;
    strongest = null;
    fill(path, way.map((step, at) => h('li', {}, h('button', {
      type: 'button', class: 'tree-step', 'aria-current': at === way.length - 1 ? 'step' : null, 'aria-label': t('learn.features.at', step), title: t('learn.features.at', step), onclick: () => go(way.slice(0, at + 1)),
    }, visualization(visualizations, step)))));
    fill(node, h('h3', {}, t('learn.features.at', here)), channelPictures(context, visualizations, here));
    const { all, inputs } = await inputsOf(context.api, { model: MODEL, layer: here.layer }, here.channel, BRANCHES);
    if (mine !== turn) return;
    const most = strength(inputs[0]) || 1;
    fill(branches, inputs.map((input) => h('li', {}, branch(input))));
    draw(inputs, most);
    const layers = inputs.filter(({ source }) => source === 'layer');
    strongest = layers.find(({ weight }) => weight > 0) ?? layers[0] ?? null;
    down.disabled = !strongest;
    status.textContent = strongest
      ? t('learn.features.tree.some', { n: all, layer: here.layer, channel: here.channel })
      : t('learn.features.tree.end');
  }

  function branch(input) {
    const shown = { model: MODEL, layer: input.layer };
    const body = [
      h('span', { class: 'tree-weight' }, input.weights.length > 1 && kernelPicture(input), weightWords(input)),
      input.source === 'layer'
        ? h('span', { class: 'tree-looks' }, visualization(visualizations, input), patch(shown, input.channel))
        : h('span', { class: `input-colour ${['red', 'green', 'blue'][input.channel]}` }),
      h('span', { class: 'tree-name' }, inputName(input)),
    ];
    return input.source === 'layer'
      ? h('button', { type: 'button', class: 'tree-branch', onclick: () => walk(input) }, body)
      : h('div', { class: 'tree-branch' }, body);
  }

  /** The best real patch of a channel. */
  function patch(shown, channel) {
    const place = h('span', { class: 'tree-patch skeleton' });
    patchesOf(context.api, shown, channel).then(({ patches: [best] }) => {
      place.classList.remove('skeleton');
      place.replaceChildren(cutout(best, best.window));
    }).catch(toastProblem);
    return place;
  }

  /** Draws a line to each input, as thick as its weights are strong; dashed where it calms the channel. */
  function draw(inputs, most) {
    lines.setAttribute('viewBox', `0 0 ${inputs.length * 100} 60`);
    lines.replaceChildren(...inputs.map((input, at) => {
      const line = document.createElementNS(SVG, 'path');
      const [from, to] = [inputs.length * 50, at * 100 + 50];
      line.setAttribute('d', `M${from} 0C${from} 35 ${to} 25 ${to} 60`);
      line.setAttribute('vector-effect', 'non-scaling-stroke');
      line.setAttribute('class', input.weight < 0 ? 'minus' : 'plus');
      line.style.setProperty('--thick', `${1.5 + (7 * strength(input)) / most}px`);
      return line;
    }));
  }

  return { element, show: () => go(walked) };
}
