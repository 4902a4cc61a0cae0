// A lesson of the studio: its pictures, and its steps as they are taken.

import { api } from '../../api.js';
import { t } from '../../messages.js';

/** The lessons to choose from: what the network is shown. */
export const TRIALS = {
  many: { pictures: 300 },
  few: { pictures: 5 },
  wrong: { pictures: 300, wrong: 0.2 },
  grass: { pictures: 300, dogs_on_grass: true },
};

const inAddress = (query) => new URLSearchParams(query).toString();

/** The addresses of a lesson. */
export const addresses = {
  sheet: (query) => `/api/learn/lesson/sheet?${inAddress(query)}`,
  dream: (query, picture) => `/api/learn/lesson/dream?${inAddress({ ...query, picture })}`,
};

/** Opens a lesson: its description, and its pictures in one image. */
export async function openLesson(query, signal) {
  const sheet = new Image();
  sheet.src = addresses.sheet(query);
  const [lesson] = await Promise.all([api.get(`/api/learn/lesson?${inAddress(query)}`, { signal }), sheet.decode()]);
  return { ...lesson, query, sheet };
}

/** Takes a lesson: calls `onstep` with each step as it comes. Ends when the lesson does, or when `signal` aborts it. */
export async function takeLesson({ query, steps }, onstep, signal) {
  const response = await fetch(`/api/learn/lesson/run?${inAddress(query)}`, { signal });
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail ?? t('common.failed'));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let taken = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      onstep(JSON.parse(line));
      taken += 1;
    }
  }
  if (taken < steps) throw new Error(t('common.noResponse'));
}
