import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import { evaluationBatch } from '../../src/tasks/index.ts';
import { sampleShifted } from '../../src/tasks/linear-shifts.ts';
import type { LinearShift } from '../../src/tasks/linear-shifts.ts';
import { isQueried, promptsOfQuery, scoredPoints } from '../../src/tasks/prompt-sets.ts';
import type { QueriedPrompts } from '../../src/tasks/prompt-sets.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { dot, mean, meanSquare, row, spectrum, weightsOf } from './statistics.ts';

const stream = (): RandomStream => RandomStream.fromSeed(5).fork('shifts');
const shape = { batch: 64, points: 12, d: 6 };

type Kind<Queried extends boolean> = Queried extends true
  ? 'orthants' | 'orthogonal-query' | 'repeated-query'
  : Exclude<LinearShift['kind'], Kind<true>>;

function standard(shift: LinearShift & { kind: Kind<false> }, own = shape, batch = 0): Prompts {
  const set = sampleShifted(shift, own, stream(), batch);
  if (isQueried(set)) throw new Error(`${shift.kind}: expected ordinary prompts`);
  return set;
}

function queried(kind: Kind<true>, own = shape): QueriedPrompts {
  const set = sampleShifted({ kind }, own, stream(), 0);
  if (!isQueried(set)) throw new Error(`${kind}: expected queries of their own`);
  return set;
}

/** Largest relative error of targets against the weights that the context determines. */
function targetError({ contexts, queries, targets }: QueriedPrompts): number {
  const { batch, points, d } = contexts;
  const errors = Array.from({ length: batch }, (_, b) => {
    const w = weightsOf(contexts, b);
    return Array.from({ length: points }, (_, k) => {
      const i = b * points + k;
      return Math.abs(targets[i]! - dot(row(queries, d, i), w));
    });
  });
  return Math.max(...errors.flat()) / Math.sqrt(meanSquare(targets));
}

describe('inputs', () => {
  const many = { batch: 64, points: 100, d: 6 };

  test.each([
    ['isotropic', [1, 1, 1, 1, 1, 1]],
    ['skewed', [1, 4, 9, 16, 25, 36].map((square) => 6 / 1.491388889 / square)],
    ['half-subspace', [2, 2, 2, 0, 0, 0]],
  ] as const)('%s have the covariance they should', (kind, expected) => {
    const { xs } = standard({ kind }, many);
    for (const [i, value] of spectrum(xs, 6).entries()) {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(0.06 * (expected[i]! || 1e-4));
    }
  });

  test.each(['skewed', 'half-subspace'] as const)('%s keep one basis throughout', (kind) => {
    const [first, second] = [0, 1].map((batch) => standard({ kind }, many, batch).xs);
    const both = Float32Array.of(...first!, ...second!);
    expect(first).not.toEqual(second);
    const [apart, together] = [spectrum(first!, 6), spectrum(both, 6)];
    for (const [i, value] of together.entries()) {
      expect(Math.abs(value - apart[i]!)).toBeLessThan(0.06 * apart[0]!);
    }
  });

  test('half of an odd number of dimensions is rounded down, with the trace kept', () => {
    const values = spectrum(standard({ kind: 'half-subspace' }, { ...many, d: 5 }).xs, 5);
    expect(values.filter((value) => value > 1e-6)).toHaveLength(2);
    expect(Math.abs(values.reduce((sum, value) => sum + value) / 5 - 1)).toBeLessThan(0.05);
    expect(() => standard({ kind: 'half-subspace' }, { ...many, d: 1 })).toThrow(/expected d ≥ 2/);
  });
});

describe('common deviates', () => {
  test('isotropic batches are those of the first experiment', () => {
    const random = stream();
    expect(
      sampleShifted({ kind: 'isotropic' }, shape, random.fork('evaluate isotropic'), 3),
    ).toEqual(
      evaluationBatch({ task: 'linear-regression', inputs: 'isotropic' }, shape, random, 3),
    );
  });

  test('x scaled scales x and y, y scaled only y', () => {
    const plain = standard({ kind: 'isotropic' });
    for (const factor of [1 / 3, 0.5, 2, 3]) {
      const x = standard({ kind: 'scaled-x', factor });
      const y = standard({ kind: 'scaled-y', factor });
      expect(y.xs).toEqual(plain.xs);
      expect(x.xs).toEqual(plain.xs.map((value) => value * factor));
      for (const [i, value] of plain.ys.entries()) {
        expect(Math.abs(y.ys[i]! - factor * value)).toBeLessThan(1e-6);
        expect(Math.abs(x.ys[i]! - factor * value)).toBeLessThan(2e-5);
      }
    }
  });

  test('a shift is the same in any order, and each batch another', () => {
    const kinds = ['skewed', 'noisy', 'orthants', 'repeated-query'] as const;
    const random = stream();
    const draw = (kind: (typeof kinds)[number], batch = 1) =>
      sampleShifted({ kind }, shape, random, batch);
    const forwards = kinds.map((kind) => draw(kind));
    const backwards = kinds.toReversed().map((kind) => draw(kind));
    expect(backwards.toReversed()).toEqual(forwards);
    for (const kind of kinds) {
      expect(scoredPoints(draw(kind, 2)).ys).not.toEqual(scoredPoints(draw(kind)).ys);
    }
  });

  test('noise has the inputs of the others and outputs of variance d', () => {
    const noisy = standard({ kind: 'noisy' });
    expect(noisy.xs).toEqual(standard({ kind: 'isotropic' }).xs);
    expect(Math.abs(meanSquare(noisy.ys) / 6 - 1)).toBeLessThan(0.01);
  });
});

describe('queries', () => {
  test.each(['orthants', 'repeated-query'] as const)('%s: the same function', (kind) => {
    expect(targetError(queried(kind))).toBeLessThan(1e-5);
  });

  test('orthants: context in one orthant, every orthant alike, queries in all', () => {
    const { contexts, queries } = queried('orthants', { batch: 400, points: 10, d: 3 });
    const orthants = new Map<string, number>();
    for (let b = 0; b < 400; b++) {
      const signs = Array.from({ length: 10 }, (_, k) =>
        row(contexts.xs, 3, b * 10 + k)
          .map(Math.sign)
          .join(),
      );
      expect(new Set(signs).size).toBe(1);
      orthants.set(signs[0]!, (orthants.get(signs[0]!) ?? 0) + 1 / 400);
    }
    expect(orthants.size).toBe(8);
    for (const share of orthants.values()) expect(Math.abs(share - 1 / 8)).toBeLessThan(0.06);
    expect(Math.abs(mean(queries.map(Math.sign)))).toBeLessThan(0.03);
    expect(queries.map(Math.abs)).toEqual(contexts.xs.map(Math.abs));
  });

  test('orthogonal: to every example, at the length of the point they replace', () => {
    const { contexts, queries, targets } = queried('orthogonal-query', { ...shape, points: 6 });
    for (let b = 0; b < 64; b++) {
      const x = (k: number) => row(contexts.xs, 6, b * 6 + k);
      const w = weightsOf(contexts, b);
      for (let k = 0; k < 6; k++) {
        const query = row(queries, 6, b * 6 + k);
        expect(Math.abs(dot(query, query) / dot(x(k), x(k)) - 1)).toBeLessThan(1e-5);
        for (let i = 0; i < k; i++) expect(Math.abs(dot(query, x(i)))).toBeLessThan(1e-5);
        expect(dot(query, x(k))).toBeGreaterThan(0);
        expect(Math.abs(targets[b * 6 + k]! - dot(query, w))).toBeLessThan(0.01);
      }
    }
    expect(() => queried('orthogonal-query')).toThrow(/at most 6 points .* got 12/);
  });

  test('repeated: one of the k examples, any of them', () => {
    const { contexts, queries, targets } = queried('repeated-query', {
      batch: 600,
      points: 5,
      d: 3,
    });
    const counts = new Float64Array(4);
    for (let b = 0; b < 600; b++) {
      for (let k = 1; k < 5; k++) {
        const query = row(queries, 3, b * 5 + k).join();
        const examples = Array.from({ length: k }, (_, i) => row(contexts.xs, 3, b * 5 + i).join());
        const which = examples.indexOf(query);
        expect(which).toBeGreaterThanOrEqual(0);
        expect(targets[b * 5 + k]).toBe(contexts.ys[b * 5 + which]);
        if (k === 4) counts[which]! += 1 / 600;
      }
    }
    for (const share of counts) expect(Math.abs(share - 1 / 4)).toBeLessThan(0.06);
  });

  test('become prompts of k examples and one query', () => {
    const set = queried('orthants');
    const { contexts, queries, targets } = set;
    const { xs, ys, ...rest } = promptsOfQuery(set, 3);
    expect(rest).toEqual({ batch: 64, points: 4, d: 6 });
    for (const b of [0, 63]) {
      for (let i = 0; i < 3; i++) {
        expect(row(xs, 6, b * 4 + i)).toEqual(row(contexts.xs, 6, b * 12 + i));
        expect(ys[b * 4 + i]).toBe(contexts.ys[b * 12 + i]);
      }
      expect(row(xs, 6, b * 4 + 3)).toEqual(row(queries, 6, b * 12 + 3));
      expect(ys[b * 4 + 3]).toBe(targets[b * 12 + 3]);
    }
    expect(() => promptsOfQuery(set, 12)).toThrow(/k from 0 to 11, got 12/);
  });
});
