import { describe, expect, test } from 'vitest';
import { colour } from '../../../src/components/drawing/colours.ts';
import { methodIds, methodStyle } from '../../../src/components/drawing/methods.ts';
import { contrast, difference } from './vision.ts';

const THEMES = ['light', 'dark'] as const;
const models = methodIds.filter((id) => methodStyle(id).role === 'model');
const colourOf = (id: string, theme: (typeof THEMES)[number]): string =>
  colour(methodStyle(id).variable, theme);
const pairs = <T>(list: readonly T[]): [T, T][] =>
  list.flatMap((a, i) => list.slice(0, i).map((b): [T, T] => [a, b]));

test('every model and baseline of the paper has a style', () => {
  expect(models).toEqual(['mamba', 'gpt2', 's4d', 'rwkv4', 'lstm', 'mambaformer']);
  expect(methodIds).toHaveLength(16);
});

test('no two methods share a colour, a mark, or a dash, so that greyscale tells them apart', () => {
  const marks = methodIds.flatMap((id) => methodStyle(id).symbol ?? []);
  expect(new Set(marks).size).toBe(marks.length);
  for (const [a, b] of pairs(methodIds.map(methodStyle))) {
    expect(a.dash, `${a.name}, ${b.name}`).not.toBe(b.dash);
    expect(a.variable).not.toBe(b.variable);
  }
});

describe.each(THEMES)('in the %s theme', (theme) => {
  const ground = colour('--paper', theme);

  test.each(methodIds)('%s is legible as text', (id) => {
    expect(contrast(colourOf(id, theme), ground)).toBeGreaterThanOrEqual(4.5);
  });

  test('lengths of context are legible, and apart', () => {
    const lengths = ['--short', '--middle', '--long'].map((name) => colour(name, theme));
    for (const one of lengths) expect(contrast(one, ground)).toBeGreaterThanOrEqual(4.5);
    for (const vision of ['full', 'protan', 'deutan', 'tritan'] as const)
      for (const [a, b] of pairs(lengths)) expect(difference(a, b, vision)).toBeGreaterThan(0.075);
  });

  test.each(['full', 'protan', 'deutan', 'tritan'] as const)(
    'models stay apart for %s colour vision',
    (vision) => {
      for (const [a, b] of pairs(models)) {
        const apart = difference(colourOf(a, theme), colourOf(b, theme), vision);
        expect(apart, `${a}, ${b}`).toBeGreaterThanOrEqual(0.075);
      }
    },
  );
});
