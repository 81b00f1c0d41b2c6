import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { meanAccuracy, publishedLanguage, tasksAtAll } from '../../src/artifacts/hendel.ts';
import { LANGUAGE_TASK_NAMES } from '../../src/tasks/language/tasks.ts';
import { publishedResults } from '../../src/components/results/published.ts';
import type { PublishedPanel } from '../../src/components/results/published.ts';

const FOLDER = join(import.meta.dirname, '../../experiments/reference');
/** All but the table of devices, which is ours, and accuracies, which are no curves. */
const OTHERS = ['device-spread.json', 'hendel.json'];
const names = readdirSync(FOLDER).filter((name) => !OTHERS.includes(name));
const read = (name: string) =>
  publishedResults.parse(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));

/** Middle of a band at k, of the first curve of a method. */
function at({ k, curves }: PublishedPanel, method: string, examples: number): number {
  const { low, high } = curves.find((curve) => curve.method === method)!;
  const index = k.indexOf(examples);
  return (low[index]! + high[index]!) / 2;
}

describe.each(names)('%s', (name) => {
  test('has a value for every context and layer it names, in order', () => {
    const { d, panels, probes, descents } = read(name);
    expect(d).toBe(20);
    for (const { k, curves } of panels) {
      expect(k).toEqual([...new Set(k)].toSorted((a, b) => a - b));
      for (const { low, high } of curves) {
        expect([low.length, high.length]).toEqual([k.length, k.length]);
        for (const [i, value] of low.entries()) expect(high[i]!).toBeGreaterThanOrEqual(value);
      }
    }
    for (const { method, error, scale, shift } of probes) {
      const lengths = [error, scale, shift].flatMap((values) => values?.length ?? []);
      expect(new Set(lengths)).toEqual(new Set([method === 'mamba' ? 24 : 12]));
    }
    expect(panels.length + probes.length + descents.length).toBeGreaterThan(0);
  });
});

test('they are small', () => {
  const bytes = names.map((name) => statSync(join(FOLDER, name)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000);
});

test('errors are over d for every class: without examples they are the variance of y over 20', () => {
  const first = (name: string) => read(name).panels[0]!;
  expect(at(first('skewed-linear-regression.json'), 'mamba', 0)).toBeCloseTo(1, 0);
  expect(at(first('sparse-linear-regression.json'), 'mamba', 0)).toBeCloseTo(3 / 20, 2);
  expect(at(first('relu-network.json'), 'mamba', 0)).toBeCloseTo(1, 0);
  expect(at(first('decision-tree.json'), 'mamba', 0)).toBeCloseTo(1 / 20, 2);
});

test('panel 1a shows isotropic inputs: its least squares is 1 − k / d', () => {
  const { panels } = read('skewed-linear-regression.json');
  const panel = panels.find(({ figure }) => figure === '1a')!;
  expect(panel.evaluation).toBe('isotropic');
  for (const k of [5, 10, 14]) expect(at(panel, 'least-squares', k)).toBeCloseTo(1 - k / 20, 1);
});

test('descents are divided by d once, where the figure divides twice', () => {
  const { descents } = read('gradient-descent.json');
  expect(descents.map(({ method }) => method)).toEqual(['gd', 'gd++']);
  for (const { drawn, error } of descents) {
    expect(error[0]).toBeCloseTo(0.92, 2);
    for (const [i, value] of drawn.entries()) expect(error[i]! / value).toBeCloseTo(20, 0);
  }
});

test('accuracies of language models average to what the paper says of them', () => {
  const file = JSON.parse(readFileSync(join(FOLDER, 'hendel.json'), 'utf8')) as unknown;
  const { tasks, models } = publishedLanguage.parse(file);
  expect(tasks).toEqual(LANGUAGE_TASK_NAMES);
  const mean = (name: string, shots: number, own?: readonly number[]) =>
    meanAccuracy(
      models.find(({ model }) => model === name)!,
      shots,
      own,
    );
  expect(mean('Mamba 130M', 5)).toBeCloseTo(0.54, 2);
  expect(mean('RWKV-4 3B', 5)).toBeCloseTo(0.758, 3);
  expect(mean('LLaMA 30B', 5)).toBeCloseTo(0.902, 3);
  expect(mean('Mamba 2.8B', 0)).toBeCloseTo(0.117, 3);
  const nine = tasksAtAll(models[0]!, [256]);
  expect(nine).toHaveLength(9);
  expect(mean('Mamba 370M', 256, nine)).toBeCloseTo(0.892, 3);
  expect(mean('Mamba 2.8B', 128, nine)).toBeGreaterThan(0.9);
  expect(mean('Mamba 2.8B', 256, nine)).toBeUndefined();
  expect([16, 32, 128, 256].map((k) => tasksAtAll(models[0]!, [k]).length)).toEqual([
    18, 14, 12, 9,
  ]);
});
