// The first page of the view: ways to begin, the trainings, and the networks.

import { urls } from '../api.js';
import { fill, h, icon } from '../dom.js';
import { rich, t, translated } from '../messages.js';
import { toastProblem } from '../toast.js';
import { byFolder } from './files.js';
import { networkGallery } from './networks.js';
import { listed, stateText } from './words.js';

const KIT_ICONS = { eyeballs: 'eye', impressionist: 'brush', shapes: 'shape' };
const THUMBNAILS = 4;
const PAUSE = 300;

/** Creates the page. `begin(training, classes)` opens a new training and adds files to classes: Map of a name to files. */
export function homePage(context, zone, begin) {
  const { api, events } = context;
  let trainings = [];
  const kits = h('ul', { class: 'kits', 'aria-label': t('train.home.kits') });
  const list = h('ul', { class: 'training-cards', 'aria-label': t('train.home.trainings') });
  const started = h('section', { class: 'train-part', hidden: true }, h('h2', null, t('train.home.trainings')), list);
  const networks = networkGallery(context);
  const own = h('button', { type: 'button', class: 'button primary', onclick: () => create(new Map()) }, icon('photo'), t('train.home.start'));
  const element = h('div', { class: 'train-section train-home', hidden: true },
    h('header', { class: 'train-hero' },
      h('h1', null, t('train.title')),
      h('p', null, t('train.lead'))),
    h('div', { class: 'train-ways' },
      h('section', { class: 'card way-own', 'aria-label': t('train.home.own') },
        h('h2', null, t('train.home.own')),
        h('ol', { class: 'way-steps' },
          h('li', null, rich('train.home.collect')),
          h('li', null, rich('train.home.train')),
          h('li', null, rich('train.home.try'))),
        own),
      h('section', { class: 'way-kits', 'aria-label': t('train.home.without') },
        h('h2', null, t('train.home.withoutTitle')), kits)),
    started, networks.element,
    h('p', { class: 'train-drop-hint', 'aria-hidden': 'true' }, t('train.home.drop')));
  zone(element, take);

  async function create(classes) {
    own.disabled = true;
    try {
      begin(await api.post('/api/trainings', {}), classes);
    } catch (problem) {
      toastProblem(problem);
    }
    own.disabled = false;
  }

  /** Creates a training of a kit and starts it. */
  async function trainKit(kit, button) {
    button.disabled = true;
    try {
      const training = await api.post('/api/trainings', { kit: kit.name });
      await api.post(`/api/trainings/${training.id}/start`);
      context.open(`/train?id=${training.id}`);
    } catch (problem) {
      toastProblem(problem);
    }
    button.disabled = false;
  }

  function drawKit(kit) {
    const button = h('button', { type: 'button', class: 'button', 'aria-label': t('train.home.trainKit', { name: kit.name }), onclick: () => trainKit(kit, button) }, icon('train'), t('train.home.trainButton'));
    return h('li', { class: 'card kit' }, h('span', { class: 'kit-icon' }, icon(KIT_ICONS[kit.name] ?? 'brush')),
      h('div', { class: 'kit-words' }, h('h3', null, kit.name), h('p', { class: 'dim small' }, translated(`kits.${kit.name}`, kit.about))), button);
  }

  function drawTraining(training) {
    const pictures = training.classes.flatMap(({ pictures: all }) => all.slice(-2)).slice(0, THUMBNAILS);
    return h('li', { class: 'card training-card' }, h('a', { href: `/train?id=${training.id}` },
      h('span', { class: 'training-thumbs' }, pictures.length
        ? pictures.map((id) => h('img', { src: urls.view(id, 160), loading: 'lazy', alt: '' }))
        : icon(training.classes.some(({ drawn }) => drawn) ? 'brush' : 'photo')),
      h('strong', null, training.name),
      h('span', { class: 'dim small' }, listed(training.classes.map(({ name }) => name), 4)),
      h('span', { class: 'training-state', dataset: { state: training.job ? 'running' : training.stopped ? 'stopped' : 'idle' } }, stateText(training))));
  }

  function drawTrainings() {
    started.hidden = !trainings.length;
    fill(list, trainings.map(drawTraining));
  }

  async function refresh() {
    const answer = await api.get('/api/trainings');
    trainings = answer.trainings;
    fill(kits, answer.kits.map(drawKit));
    drawTrainings();
  }

  /** Takes dropped files: networks, folders of pictures, or pictures of one thing. */
  async function take(found) {
    const isNetwork = ({ file }) => file.name.endsWith('.safetensors');
    const files = found.filter(isNetwork).map(({ file }) => file);
    for (const file of files) await networks.load(file);
    const { classes, loose } = byFolder(found.filter((one) => !isNetwork(one)));
    if (loose.length) classes.set(null, loose);
    if (classes.size) {
      await create(classes);
      context.toast(t('train.home.created', { n: [...classes.values()].flat().length }));
    }
  }

  let timer = null;
  const refreshSoon = () => {
    if (element.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(toastProblem), PAUSE);
  };
  events.on('job', (job) => {
    const known = trainings.find(({ id }) => id === job.training);
    if (job.kind === 'training' && known?.job?.state !== job.state) refreshSoon();
  });
  events.on('training', ({ id, run }) => {
    const at = trainings.findIndex((one) => one.id === id);
    if (at < 0 || element.hidden) return;
    trainings[at].run = run;
    const state = list.children[at]?.querySelector('.training-state');
    if (state) state.textContent = stateText(trainings[at]);
  });
  events.on('reset', refreshSoon);

  return {
    element,
    async show() {
      await Promise.all([refresh(), networks.show()]);
    },
  };
}
