import { describe, expect, test } from 'vitest';
import { averaging } from '../../src/baselines/averaging.ts';
import type { Baseline } from '../../src/baselines/baseline.ts';
import { boostedTrees } from '../../src/baselines/boosted-trees.ts';
import { gradientDescent } from '../../src/baselines/gradient-descent.ts';
import { greedyTree } from '../../src/baselines/greedy-tree.ts';
import { lasso } from '../../src/baselines/lasso.ts';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { nearestNeighbours } from '../../src/baselines/nearest-neighbours.ts';
import { network } from '../../src/baselines/network.ts';
import { ridge } from '../../src/baselines/ridge.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { sampleDecisionTree } from '../../src/tasks/decision-tree.ts';
import { sampleShifted } from '../../src/tasks/linear-shifts.ts';
import { promptsOfQuery, scoredPoints } from '../../src/tasks/prompt-sets.ts';
import type { QueriedPrompts } from '../../src/tasks/prompt-sets.ts';
import { normalisedErrors } from './errors.ts';

const random = RandomStream.fromSeed(41);
const baselines: [string, Baseline][] = [
  ['averaging', averaging],
  ['nearest neighbours', nearestNeighbours()],
  ['least squares', leastSquares],
  ['ridge', ridge(1)],
  ['lasso', lasso({ alpha: 0.001 })],
  ['gradient descent', gradientDescent({ steps: 5, gamma: 0.001 })],
  ['network', network({ hidden: 6, steps: 4, random: random.fork('network') })],
  ['greedy tree', greedyTree({ random: random.fork('tree') })],
  ['boosted trees', boostedTrees({ rounds: 3 })],
];

describe.each(baselines)('%s', (_, method) => {
  const shape = { batch: 3, points: 7, d: 3 };
  const set = sampleShifted({ kind: 'orthants' }, shape, random, 0) as QueriedPrompts;

  test('takes queries from another distribution, each after its own k examples', () => {
    const all = method(set);
    expect(all).toHaveLength(21);
    for (let k = 0; k < 7; k++) {
      const alone = method(promptsOfQuery(set, k));
      for (let b = 0; b < 3; b++) {
        expect(Math.abs(all[b * 7 + k]! - alone[b * (k + 1) + k]!)).toBeLessThan(1e-9);
      }
    }
  });

  test('predicts 0 from nothing, otherwise something else, and the same again', () => {
    const predictions = method(set.contexts);
    for (const [i, value] of predictions.entries()) {
      expect(Number.isFinite(value)).toBe(true);
      expect(value === 0).toBe(i % 7 === 0);
    }
    expect(method(set.contexts)).toEqual(predictions);
  });
});

describe('trees', () => {
  const repeated = sampleShifted(
    { kind: 'repeated-query' },
    { batch: 2, points: 15, d: 3 },
    random,
    0,
  );

  test('grown to the end know every example by heart', () => {
    const { ys } = scoredPoints(repeated);
    const greedy = greedyTree({ random })(repeated);
    const boosted = boostedTrees()(repeated);
    for (const [i, y] of ys.entries()) {
      if (i % 15 === 0) continue;
      expect(Math.abs(greedy[i]! - y)).toBeLessThan(1e-6);
      expect(Math.abs(boosted[i]! - y)).toBeLessThan(0.05);
    }
  });

  test('learn decision trees, boosted ones better', () => {
    const prompts = sampleDecisionTree({ batch: 8, points: 60, d: 4 }, random);
    const late = (method: Baseline): number => {
      const errors = normalisedErrors(prompts, method(prompts)).slice(45);
      return (errors.reduce((sum, error) => sum + error, 0) / errors.length) * prompts.d;
    };
    const [boosted, greedy] = [late(boostedTrees({ rounds: 10 })), late(greedyTree({ random }))];
    expect(greedy).toBeLessThan(0.6);
    expect(boosted).toBeLessThan(greedy);
  });

  test('ties are broken by the stream, not always for the first feature', () => {
    const set = sampleShifted({ kind: 'isotropic' }, { batch: 60, points: 3, d: 4 }, random, 0);
    const predictions = [1, 2].map((seed) => greedyTree({ random: random.fork(seed) })(set));
    expect(predictions[0]).not.toEqual(predictions[1]);
  });
});
