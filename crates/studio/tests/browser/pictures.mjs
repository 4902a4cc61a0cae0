// Photos for the tests, generated with the same bytes every time.

import { crc32, deflateSync } from 'node:zlib';

/** A file for file inputs and drops: soft waves in three colours, different for each seed. `tint` makes them lighter or darker in each colour. */
export function picture(name = 'waves.png', { width = 128, height = 96, seed = 0, tint = [0, 0, 0] } = {}) {
  const value = (x, y, channel) => 128 + tint[channel] + (100 - Math.abs(tint[channel])) * Math.sin(x * 0.21 + channel + seed) * Math.cos(y * 0.17 - channel + seed * 0.7);
  return { name, mimeType: 'image/png', buffer: encode(width, height, value) };
}

/** Several pictures with these names. */
export const pictures = (...names) => names.map((name, seed) => picture(`${name}.png`, { seed: seed + 1 }));

/** Pictures of one colour, as different as those of one thing. */
export const tinted = (word, tint, count) => Array.from({ length: count }, (_, seed) => picture(`${word}-${seed}.png`, { width: 48, height: 48, seed, tint }));

/** An RGB PNG. */
function encode(width, height, value) {
  const row = 1 + width * 3;
  const bytes = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) bytes[y * row + 1 + x * 3 + channel] = value(x, y, channel);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(bytes)), chunk('IEND', Buffer.alloc(0))]);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
