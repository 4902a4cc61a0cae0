// Reads, writes and draws shapes such as `circle:50%,50%,30%,10%`.

import { t } from '../../messages.js';

const SOFT = [t('dream.mask.parts.soft'), 10];
const DEPTH = [t('dream.mask.parts.depth'), 40];

/** Kinds of shapes: the names of their numbers, and default values in per cent. */
export const SHAPES = {
  circle: { title: t('dream.mask.shapes.circle'), parts: [[t('dream.mask.parts.x'), 50], [t('dream.mask.parts.y'), 50], [t('dream.mask.parts.radius'), 30], SOFT] },
  rect: { title: t('dream.mask.shapes.rect'), parts: [[t('dream.mask.parts.left'), 20], [t('dream.mask.parts.top'), 20], [t('dream.mask.parts.width'), 60], [t('dream.mask.parts.height'), 60], SOFT] },
  top: { title: t('dream.mask.shapes.top'), parts: [DEPTH, SOFT] },
  bottom: { title: t('dream.mask.shapes.bottom'), parts: [DEPTH, SOFT] },
  left: { title: t('dream.mask.shapes.left'), parts: [DEPTH, SOFT] },
  right: { title: t('dream.mask.shapes.right'), parts: [DEPTH, SOFT] },
  'gradient:top': { title: t('dream.mask.shapes.fadeTop'), parts: [] },
  'gradient:bottom': { title: t('dream.mask.shapes.fadeBottom'), parts: [] },
  'gradient:left': { title: t('dream.mask.shapes.fadeLeft'), parts: [] },
  'gradient:right': { title: t('dream.mask.shapes.fadeRight'), parts: [] },
};

/** Writes a shape. */
export function writeShape(kind, numbers) {
  return kind.startsWith('gradient') ? kind : `${kind}:${numbers.map((number) => `${number}%`).join(',')}`;
}

/** A function that returns the weight of a shape, 0 to 1, at a point of a picture of this size; null if the text is not a shape. */
export function readShape(text, width, height) {
  const [name, rest = ''] = text.split(':');
  if (name === 'gradient') return gradient(rest.trim(), width, height);
  const parts = rest.split(',').map((part) => part.trim());
  const length = (part = '0', side = Math.min(width, height)) => (part.endsWith('%') ? (parseFloat(part) / 100) * side : parseFloat(part));
  const inside = insideOf(name, parts, length, width, height);
  if (!inside) return null;
  const soft = Math.max(1, length(parts[{ circle: 3, rect: 4 }[name] ?? 1]));
  return (x, y) => {
    const t = Math.min(Math.max(inside(x, y) / soft + 0.5, 0), 1);
    return t * t * (3 - 2 * t);
  };
}

/** A function that returns the distance of a point from the border in pixels; negative outside the shape. */
function insideOf(name, parts, length, width, height) {
  switch (name) {
    case 'circle': {
      const [cx, cy, radius] = [length(parts[0], width), length(parts[1], height), length(parts[2])];
      return (x, y) => radius - Math.hypot(x - cx, y - cy);
    }
    case 'rect': {
      const [left, top] = [length(parts[0], width), length(parts[1], height)];
      const [right, bottom] = [left + length(parts[2], width), top + length(parts[3], height)];
      return (x, y) => Math.min(x - left, right - x, y - top, bottom - y);
    }
    case 'top': return (x, y) => length(parts[0], height) - y;
    case 'bottom': return (x, y) => length(parts[0], height) - (height - y);
    case 'left': return (x) => length(parts[0], width) - x;
    case 'right': return (x) => length(parts[0], width) - (width - x);
    default: return null;
  }
}

function gradient(edge, width, height) {
  return {
    top: (x, y) => 1 - y / height, bottom: (x, y) => y / height, left: (x) => 1 - x / width, right: (x) => x / width,
  }[edge] ?? null;
}
