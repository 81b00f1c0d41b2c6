import { describe, expect, test } from 'vitest';
import {
  normalQuantile,
  portableLog,
  RandomStream,
  threefry2x32,
} from '../../src/numerics/random.ts';

const draws = (length: number, next: () => number): number[] => Array.from({ length }, next);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const relativeError = (got: number, expected: number): number => Math.abs(got / expected - 1);

/** Known answers published with Random123: key, counter, result. */
test.each([
  [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
])('Threefry gives the known answer %#', (key0, key1, counter0, counter1, first, second) => {
  expect(threefry2x32(key0, key1, counter0, counter1)).toEqual([first, second]);
});

describe('normal deviates', () => {
  test('the logarithm is that of the engine, near enough', () => {
    const random = RandomStream.fromSeed(1);
    for (const x of [1e-300, 2 ** -33, 0.5, 1, 2, 1e300, ...draws(500, () => random.uniform())]) {
      expect(Math.abs(portableLog(x) - Math.log(x))).toBeLessThanOrEqual(
        4e-16 * Math.max(1, Math.abs(Math.log(x))),
      );
    }
  });

  /** Standard normal quantiles, from tables of higher precision; one for each of the three ranges. */
  test.each([
    [0.25, -0.6744897501960817],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-20, -9.262340089798408],
  ])('the quantile of %d', (p, expected) => {
    expect(relativeError(normalQuantile(p), expected)).toBeLessThan(1e-14);
  });

  test('have the moments of a standard normal', () => {
    const random = RandomStream.fromSeed(7);
    const values = draws(20_000, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((x) => x * x)) - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((x) => x ** 4)) - 3)).toBeLessThan(0.2);
  });
});

describe('a stream', () => {
  test('is the same for the same seed and address, and another for any other', () => {
    const first = (stream: RandomStream): number[] => draws(4, () => stream.uint32());
    const seed = (value: number): RandomStream => RandomStream.fromSeed(value);
    expect(first(seed(3).fork('batch').fork(17))).toEqual(first(seed(3).fork('batch').fork(17)));
    const streams = [
      seed(3),
      seed(4),
      seed(3 + 2 ** 32),
      seed(3).fork('a'),
      seed(3).fork('b'),
      seed(3).fork('aa'),
      seed(3).fork('a').fork('a'),
      seed(3).fork(1),
      seed(3).fork(11),
      seed(3).fork('1'),
    ];
    expect(new Set(streams.map((stream) => first(stream).join())).size).toBe(streams.length);
  });

  test('forks do not depend on what was drawn before', () => {
    const used = RandomStream.fromSeed(5);
    draws(3, () => used.uint32());
    expect(used.fork('x').uint32()).toBe(RandomStream.fromSeed(5).fork('x').uint32());
  });

  test('draws integers without bias and permutes each place alike', () => {
    const random = RandomStream.fromSeed(11);
    const counts = Array.from({ length: 6 }, () => 0);
    for (const value of draws(12_000, () => random.integer(6))) counts[value]! += 1;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    const places = draws(6000, () => random.permutation(6).indexOf(0));
    expect(Math.abs(mean(places) - 2.5)).toBeLessThan(0.1);
  });

  test('refuses a seed or a range that it cannot serve', () => {
    expect(() => RandomStream.fromSeed(-1)).toThrow('expected an integer from 0');
    expect(() => RandomStream.fromSeed(0.5)).toThrow('got 0.5');
    expect(() => RandomStream.fromSeed(1).integer(0)).toThrow('expected n from 1');
  });
});
