// Starts a real studio and a real browser.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const PROGRAM = process.env.ONEIRIC ?? fileURLToPath(new URL('../../../../target/debug/oneiric', import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // The camera is a drawn one, which the page may use once it is permitted.
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
/** Time limits of a story and of each of its steps. */
const STORY = 120_000;
const PATIENCE = 60_000;
const POLL = 20;

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A server process with its own folder. */
export class Studio {
  /** Starts a studio on a free port, with these options besides. */
  static async open(options = []) {
    const studio = new this();
    studio.options = options;
    studio.folder = await mkdtemp(join(tmpdir(), 'oneiric-studio-'));
    await studio.start(0);
    return studio;
  }

  async start(port) {
    this.process = spawn(PROGRAM, ['studio', '--no-open', '--port', String(port), '--data', this.folder, ...this.options], {
      stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ONEIRIC_NETWORKS: join(this.folder, 'networks') },
    });
    this.ended = once(this.process, 'exit');
    running.add(this);
    this.lines = createInterface(this.process.stdout)[Symbol.asyncIterator]();
    const url = await Promise.race([this.printed('http://'), this.ended.then(() => { throw new Error(`${PROGRAM} ended at once`); })]);
    this.url = `http://${url.replace(/\/$/, '')}`;
  }

  /** What follows these words in the next line that has them. */
  async printed(words) {
    for (;;) {
      const { value } = await this.lines.next();
      if (value.includes(words)) return value.slice(value.indexOf(words) + words.length).trim();
    }
  }

  /** Kills the process, like a power failure. */
  async crash() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Starts it again with the same folder and port. */
  restart() {
    return this.start(new URL(this.url).port);
  }

  async get(path) {
    return (await this.ask('GET', path)).json();
  }

  async post(path, body) {
    const answer = await this.ask('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
    return answer.headers.get('content-type')?.includes('json') ? answer.json() : null;
  }

  async patch(path, body) {
    return (await this.ask('PATCH', path, JSON.stringify(body), { 'content-type': 'application/json' })).json();
  }

  /** Uploads a picture without the page; returns the studio's description. */
  async upload({ name, buffer }) {
    return (await this.ask('POST', `/api/pictures?name=${encodeURIComponent(name)}`, buffer)).json();
  }

  async ask(method, path, body, headers) {
    const answer = await fetch(this.url + path, { method, body, headers });
    assert(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok || await answer.text()}`);
    return answer;
  }

  /** Empties the queue and the gallery, and deletes trainings and networks. */
  async clear() {
    const { jobs } = await this.get('/api/jobs');
    const growing = jobs.filter(({ state }) => state === 'queued' || state === 'running');
    for (const { id } of growing.reverse()) await this.post(`/api/jobs/${id}/cancel`, { keep: false }).catch(() => {});
    await until(async () => (await this.get('/api/jobs')).jobs.every(({ finished }) => finished), 'an empty queue');
    await this.post('/api/queue', { paused: false });
    for (const { id } of (await this.get('/api/dreams?limit=200')).dreams) await this.ask('DELETE', `/api/dreams/${id}`);
    for (const { id } of (await this.get('/api/trainings')).trainings) await this.ask('DELETE', `/api/trainings/${id}`);
    for (const { name, own } of (await this.get('/api/networks')).networks) if (own) await this.ask('DELETE', `/api/networks/${name}`);
  }

  async close() {
    this.process.kill('SIGTERM');
    await this.ended;
    running.delete(this);
    await rm(this.folder, { recursive: true, force: true });
  }
}

const running = new Set();
process.on('exit', () => { for (const studio of running) studio.process.kill('SIGKILL'); });

/** Starts Chromium. */
export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

let studio;
let browser;
after(() => Promise.all([browser?.close(), studio?.close()]));

/**
 * A test: a studio with nothing in it, a browser that was never here, one page. `tell` gets `{ studio, page, context, photo }`.
 * It fails as well when the page says an error on the console, breaks its own security policy or asks another host.
 *
 * Of the options, `photo` is brought before and shown, `look` is what the person chose last time, `prepare(studio)`
 * is done before the page is there, `at` is where it begins, `broken` allows connections that fail, `refused` answers of
 * status 415 and 422, `unknown` those of status 404; the others go to the browser context.
 */
export function story(name, { photo: file, look, prepare, at = '/dream', broken, refused, unknown, ...browsing }, tell) {
  test(name, { timeout: STORY }, async () => {
    studio ??= await Studio.open();
    browser ??= await launch();
    const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...browsing });
    context.setDefaultTimeout(PATIENCE);
    try {
      const complaints = listenForComplaints(context, studio);
      if (look) await context.addInitScript(remember, { look });
      const photo = file && await studio.upload(file);
      await prepare?.(studio, photo);
      const page = await context.newPage();
      await page.goto(studio.url + at + (photo ? `?photo=${photo.id}` : ''));
      await tell({ studio, page, context, photo });
      const allowed = [...broken ? ['net::ERR_'] : [], ...refused ? ['status of 415', 'status of 422'] : [], ...unknown ? ['status of 404'] : []];
      assert.deepEqual(complaints.filter((complaint) => !allowed.some((text) => complaint.includes(text))), []);
    } finally {
      await context.close();
      await studio.clear();
    }
  });
}

/** Runs in the page. */
function remember(settings) {
  if (location.protocol !== 'about:' && !localStorage.getItem('oneiric.settings')) localStorage.setItem('oneiric.settings', JSON.stringify(settings));
}

function listenForComplaints(context, studio) {
  const complaints = [];
  context.on('console', (message) => {
    // A frame may no longer exist when it is requested, because its job has ended.
    const isGone = /\/api\/jobs\/\w+\/frame\?/.test(message.location().url);
    if (message.type() === 'error' && !isGone) complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => complaints.push(`thrown: ${error.error().stack}`));
  context.on('request', (request) => {
    if (/^(http|ws)/.test(request.url()) && !request.url().startsWith(studio.url)) complaints.push(`another host: ${request.url()}`);
  });
  return complaints;
}

/** Waits until `look` returns something truthy, and returns that. */
export async function until(look, what = String(look)) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert(performance.now() < end, `it never came: ${what}`);
    await pause(POLL);
  }
}
