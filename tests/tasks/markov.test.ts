import { describe, expect, it } from 'vitest';
import { addOne } from '../../src/baselines/add-one.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { sampleMarkov } from '../../src/tasks/markov.ts';

const draw = (batch: number, length: number, states: number, seed = 1) =>
  sampleMarkov({ batch, length }, RandomStream.fromSeed(seed), { task: 'markov', states });

const part = (values: ArrayLike<number>, from: number, to: number): number[] =>
  Array.from(values).slice(from, to);

describe('Markov chains', () => {
  it('ask for the next state, at every position alike', () => {
    const { tokens, targets, weights } = draw(3, 7, 3);
    for (let b = 0; b < 3; b++)
      expect(part(targets, 7 * b, 7 * b + 6)).toEqual(part(tokens, 7 * b + 1, 7 * b + 7));
    expect(new Set(weights)).toEqual(new Set([1]));
    expect(new Set([...tokens, ...targets])).toEqual(new Set([0, 1, 2]));
  });

  it('are the same ones again, and a longer one begins as a shorter one', () => {
    const [short, long] = [draw(2, 5, 2), draw(2, 9, 2)];
    expect(draw(2, 5, 2)).toEqual(short);
    expect(draw(2, 5, 2, 2).tokens).not.toEqual(short.tokens);
    expect(part(long.tokens, 9, 14)).toEqual(part(short.tokens, 5, 10));
  });

  it('have transition probabilities that are uniform on the simplex', () => {
    const chains = 600;
    const { tokens, targets } = draw(chains, 200, 2);
    // How often 0 follows 0, a chain: mean 1/2 and variance 1/12, plus that of counting.
    const shares = Array.from({ length: chains }, (_, b) => {
      const own = Array.from({ length: 200 }, (_, t) => 200 * b + t).filter((i) => tokens[i] === 0);
      return own.length < 20 ? [] : [own.filter((i) => targets[i] === 0).length / own.length];
    }).flat();
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.06);
    expect(variance).toBeGreaterThan(0.065);
    expect(variance).toBeLessThan(0.1);
  });
});

describe('the add-one estimator', () => {
  const tokens = [0, 1, 1, 0, 1];

  it('of order 1 counts what came after the token just read', () => {
    // After 0, 1, 1, 0, 1 came: 0 → 1 twice, 1 → 1 and 1 → 0 once each.
    const rows = addOne(tokens, 2, 1);
    expect(part(rows, 0, 2)).toEqual([1 / 2, 1 / 2]);
    expect(part(rows, 4, 6)).toEqual([1 / 3, 2 / 3]);
    expect(part(rows, 6, 8)).toEqual([1 / 3, 2 / 3]);
    expect(part(rows, 8, 10)).toEqual([2 / 4, 2 / 4]);
  });

  it('of order 0 counts all tokens', () => {
    const rows = addOne(tokens, 3, 0);
    expect(part(rows, 0, 3)).toEqual([2 / 4, 1 / 4, 1 / 4]);
    expect(part(rows, 12, 15)).toEqual([3 / 8, 4 / 8, 1 / 8]);
  });

  it('is best on chains: no other constant costs less', () => {
    const [batch, length] = [400, 60];
    const { tokens, targets } = draw(batch, length, 2, 5);
    const cost = (constant: number): number => {
      let sum = 0;
      for (let b = 0; b < batch; b++) {
        const counts = [
          [0, 0],
          [0, 0],
        ];
        for (let t = 0; t < length; t++) {
          const [token, target] = [tokens[b * length + t]!, targets[b * length + t]!];
          const [zero, one] = counts[token]!;
          const p = ([zero, one][target]! + constant) / (zero! + one! + 2 * constant);
          sum -= Math.log(p);
          counts[token]![target]! += 1;
        }
      }
      return sum;
    };
    const ours = Array.from({ length: batch }, (_, b) => {
      const rows = addOne(tokens.subarray(b * length, (b + 1) * length), 2, 1);
      const asked = part(targets, b * length, (b + 1) * length);
      return asked.reduce((sum, target, t) => sum - Math.log(rows[2 * t + target]!), 0);
    });
    expect(cost(1)).toBeCloseTo(
      ours.reduce((sum, own) => sum + own, 0),
      6,
    );
    expect(cost(1)).toBeLessThan(cost(0.5));
    expect(cost(1)).toBeLessThan(cost(2));
  });
});
