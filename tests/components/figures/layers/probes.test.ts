import { expect, test } from 'vitest';
import type { LearningCurves } from '../../../../src/artifacts/learning-curves.ts';
import {
  halvedAt,
  lastStep,
  layerOf,
  lowestAt,
  probesOf,
  straightness,
} from '../../../../src/components/figures/layers/probes.ts';
import { probeText } from '../../../../src/components/figures/layers/probe-text.ts';
import { exampleData } from '../../example-data.ts';

type Probe = LearningCurves['probes'][number];

const quantity = (mean: number, sd = 0) => ({ mean, low: mean, high: mean, sd });

/** A probe at k = 4 whose layers err as given. */
const probe = (seed: number, errors: readonly number[]): Probe => ({
  method: 'mamba',
  seed,
  k: 4,
  tasks: 8,
  fitted: 10,
  tested: 40,
  layers: errors.map((error, layer) => ({
    depth: layer / (errors.length - 1),
    error: quantity(error),
    decoded: quantity(error),
    scale: quantity(1 + layer, 0.5 / (1 + layer)),
    shift: quantity(layer === 0 ? -0.3 : 0.001),
  })),
});

const STRAIGHT = probe(1, [1, 0.1, 0.01, 0.001]);
const TURNING = probe(2, [0.8, 0.2, 0.6, 0.9]);

test('probes are found by method and multiples of d', () => {
  const data = { ...exampleData, probes: [STRAIGHT] };
  expect(probesOf(data, { method: 'mamba', k: '2d' }, 'test')).toEqual([STRAIGHT]);
  expect(() => probesOf(data, { method: 'gpt2', k: '2d' }, 'here')).toThrow(
    /here: expected gpt2 at k = 4, got mamba at k = 4/,
  );
});

test('a fall by the same factor at every layer is a straight line on a logarithmic axis', () => {
  expect(straightness(STRAIGHT)).toBeCloseTo(1, 12);
  expect(straightness(TURNING)).toBeLessThan(0.2);
  expect(straightness(probe(1, [1, 1, 1]))).toBe(0);
  // numpy.corrcoef([0, 1, 2], [0, -1, -1])[0, 1] ** 2
  expect(straightness(probe(1, [1, 0.1, 0.1]))).toBeCloseTo(0.75, 12);
});

test('halving, the last step and the best layer are read off the errors', () => {
  expect(halvedAt(STRAIGHT)).toBe(2);
  expect(halvedAt(probe(1, [1, 0.5, 0.51]))).toBeUndefined();
  expect(lastStep(STRAIGHT)).toBeCloseTo(10, 12);
  expect(layerOf(TURNING, 'best').error.mean).toBe(0.2);
  expect(layerOf(TURNING, 'last').error.mean).toBe(0.9);
});

test('a clause says where the error is lowest, and only what every run shows', () => {
  expect(lowestAt([STRAIGHT, STRAIGHT])).toBe('in the last layer in every run');
  expect(lowestAt([TURNING])).toBe('before the last layer in every run, in layer 2 of 4');
  expect(lowestAt([STRAIGHT, TURNING])).toBe('in layer 2 or 4 of 4, by the run');
});

test('facts of probes read as parts of sentences', () => {
  const both = [STRAIGHT, TURNING];
  expect(probeText(both, { layer: 'last' })).toBe('0.0010–0.90');
  expect(probeText(both, { layer: 'last', is: 'scale' })).toBe('4.0');
  expect(probeText(both, { layer: 'first', is: 'shift' })).toBe('−0.30');
  expect(probeText(both, { layer: 'last', is: 'shift' })).toBe('0');
  expect(probeText(both, { layer: 'last', is: 'scaleSpread' })).toBe('0.13');
  expect(probeText([STRAIGHT], { is: 'straightness' })).toBe('100\u00a0%');
  expect(probeText(both, { is: 'halved' })).toBe('in layer 2');
  expect(probeText([STRAIGHT, probe(3, [1, 1, 1, 1])], { is: 'halved' })).toBe(
    'in layer 2 (in 1 of 2 runs)',
  );
  expect(probeText([probe(3, [1, 1])], { is: 'halved' })).toBe('in no layer');
});
