/** The queue: a drawer with running, waiting and finished jobs. */
import { api } from './api.js';
import { debounce, h, icon, iconButton } from './dom.js';
import { t } from './messages.js';
import { endedJob, queuedJob, runningJob } from './queue/job.js';
import { draggable } from './queue/order.js';
import { toastProblem } from './toast.js';

const KEPT = 50;
const DRAWS = { running: runningJob, queued: queuedJob, done: endedJob, failed: endedJob, cancelled: endedJob };
const ENDED = ['done', 'failed', 'cancelled'];

const byEnd = (one, other) => other.finished - one.finished;
const byPosition = (one, other) => one.position - other.position;

/** Create the queue and open it with a button of the header. */
export function mount(button, context) {
  const jobs = new Map();
  const shown = new Map();
  let paused = false;
  let changes = 0;

  const live = h('p', { class: 'visually-hidden', role: 'status' });
  const count = h('span', { class: 'queue-count', hidden: true, 'aria-hidden': 'true' });
  const summary = h('span', { id: 'queue-summary', hidden: true });
  const pause = h('button', { class: 'button ghost small', type: 'button', onclick: () => attempt(() => api.post('/api/queue', { paused: !paused })) });
  const list = (name) => h('ol', { class: 'queue-list', 'aria-label': name });
  const lists = { running: list(t('queue.running')), queued: list(t('queue.waiting')), ended: list(t('queue.finished')) };
  const titles = { queued: h('h3', {}, t('queue.waiting')), ended: h('h3', {}, t('queue.finished')) };
  const empty = h('div', { class: 'empty' }, icon('list'), h('p', {}, t('queue.empty')));
  const rest = h('p', { class: 'dim small', hidden: true }, t('queue.rest'));
  const body = h('div', { class: 'body' }, rest, empty, lists.running, titles.queued, lists.queued, titles.ended, lists.ended);
  const drawer = h('aside', { class: 'drawer queue', id: 'queue', 'aria-label': t('queue.title'), hidden: true, tabindex: -1 },
    h('header', {}, h('h2', {}, t('queue.title')), pause, iconButton('close', t('common.close'), close, { class: 'button icon ghost' })), body);
  button.append(count);
  button.setAttribute('aria-describedby', summary.id);
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('aria-controls', 'queue');
  document.body.append(drawer, live, summary);

  function open() {
    drawer.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    drawer.focus();
  }
  function close() {
    if (drawer.contains(document.activeElement)) button.focus();
    drawer.hidden = true;
    button.setAttribute('aria-expanded', 'false');
  }

  const attempt = (work) => work().catch(toastProblem);
  const actions = {
    close,
    cancel: (job, keep) => attempt(() => api.post(`/api/jobs/${job.id}/cancel`, { keep })),
    again: (job) => attempt(() => api.post(`/api/jobs/${job.id}/again`)),
    shift(job, by) {
      const waiting = of('queued');
      const index = waiting.findIndex((one) => one.id === job.id);
      if (!waiting[index + by]) return;
      move(job.id, waiting[by < 0 ? index - 1 : index + 2]?.id ?? null);
    },
  };

  async function move(id, before) {
    await attempt(() => api.post(`/api/jobs/${id}/move`, { before }));
    await refresh();
    const waiting = of('queued');
    live.textContent = t('queue.moved', { name: jobs.get(id).name, place: waiting.findIndex((job) => job.id === id) + 1, count: waiting.length });
  }

  function of(...states) {
    return [...jobs.values()].filter((job) => states.includes(job.state)).sort(states[0] === 'queued' ? byPosition : byEnd);
  }

  /** Fetch all jobs. Fetch again if a job has changed meanwhile, because the response may be older than the change. */
  async function refresh() {
    const before = changes;
    const queue = await api.get('/api/jobs').catch(toastProblem);
    if (!queue) return;
    if (changes !== before) { await refresh(); return; }
    paused = queue.paused;
    jobs.clear();
    for (const job of queue.jobs) jobs.set(job.id, job);
    draw();
  }
  const refreshSoon = debounce(200, refresh);

  /** Update a list; a job keeps its element as long as its state does not change. */
  function drawList(element, all) {
    all.forEach((job, i) => {
      const key = `${job.id} ${job.state}`;
      if (!shown.has(key)) shown.set(key, DRAWS[job.state](job, actions));
      const item = shown.get(key);
      item.update(job, { first: i === 0, last: i === all.length - 1 });
      if (element.children[i] !== item.element) place(element, item.element, i);
    });
    while (element.children.length > all.length) element.lastChild.remove();
  }

  function draw() {
    const running = of('running');
    const queued = of('queued');
    const ended = of('done', 'failed', 'cancelled').slice(0, KEPT);
    drawList(lists.running, running);
    drawList(lists.queued, queued);
    drawList(lists.ended, ended);
    titles.queued.hidden = !queued.length;
    titles.ended.hidden = !ended.length;
    empty.hidden = jobs.size > 0;
    const active = running.length + queued.length;
    count.dataset.count = active;
    count.hidden = !active;
    rest.hidden = !paused;
    summary.textContent = active ? t(paused ? 'queue.summaryPaused' : 'queue.summary', { n: active }) : t('queue.summaryEmpty');
    pause.hidden = !active && !paused;
    pause.replaceChildren(icon(paused ? 'play' : 'pause'), t(paused ? 'common.resume' : 'queue.pause'));
    drawer.classList.toggle('paused', paused);
  }

  function take(job) {
    const known = jobs.get(job.id);
    jobs.set(job.id, job);
    if (known?.state !== job.state) changes += 1;
    if (known?.state === 'running' && job.state === 'running') shown.get(`${job.id} running`)?.update(job);
    else draw();
    if (known && known.state !== job.state && ENDED.includes(job.state)) live.textContent = t(`queue.ended.${job.kind}.${job.state}`, { name: job.name });
    if (job.state === 'queued' && known?.position !== job.position) refreshSoon();
  }

  button.addEventListener('click', () => (drawer.hidden ? open() : close()));
  drawer.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  draggable(lists.queued, move);
  context.events.on('job', take);
  context.events.on('frame', ({ job: id, version }) => {
    const job = jobs.get(id);
    if (job?.state === 'running') take({ ...job, frame: version });
  });
  context.events.on('queue', (queue) => {
    paused = queue.paused;
    live.textContent = t(paused ? 'queue.isPaused' : 'queue.isRunning');
    draw();
  });
  context.events.on('reset', refresh);
  refresh();
}

/** Move an element to an index of its list, and keep its focus. */
function place(list, element, index) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(element, list.children[index] ?? null);
  focused?.focus();
}
