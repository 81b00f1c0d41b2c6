import { expect, test } from 'vitest';
import type { Check } from '../../src/artifacts/claims.ts';
import { along, barMarkup, deciding } from '../../src/components/claims/bar.ts';
import { boundText, measuredText } from '../../src/components/claims/check-text.ts';
import { saidIn } from '../../src/components/claims/said.ts';
import { besideSentence } from '../../src/components/claims/verdict.ts';
import { asked, topicOf } from '../../src/components/client/question.ts';

const check = {
  of: 'Mamba',
  values: [0.031, 0.036, 0.042],
  value: 0.036,
  is: 'at most',
  bound: 0.05,
} satisfies Check;

test('a bar has its bound in the middle, and what lies too far at its ends', () => {
  expect([along(1), along(1 / 16), along(16)]).toEqual([0.5, 0, 1]);
  expect([along(0), along(Infinity)]).toEqual([0, 1]);
  const late = { ...check, values: [0.6], value: 0.6 };
  expect(deciding([check, late])).toBeCloseTo(12, 9);
  const [runs = '', others = '', decides = ''] = ['runs', 'others', 'decides'].map(
    (name) => new RegExp(`class="${name}" d="([^"]*)"`).exec(barMarkup([check, late]))?.[1],
  );
  expect([runs, others, decides].map((dots) => dots.match(/M/g)?.length)).toEqual([3, 1, 1]);
  const at = (dots: string): number => Number(/\d+/.exec(dots)?.[0]);
  expect(at(others)).toBeLessThan(120);
  expect(at(decides)).toBeGreaterThan(120);
});

test('a check is told by what counts, its range and its bound', () => {
  expect(measuredText(check)).toBe('0.036 (0.031–0.042)');
  expect(measuredText({ ...check, values: [null, 1], value: null })).toBe('none (1.0)');
  expect(boundText(check)).toBe('at most 0.050');
});

test('sentences that a claim stands beside are found, once a section, with the heading above them', () => {
  const body =
    'First<Claim id="C1a" />.\n\n### Far off\n\nThen<Claim id="C1a C2" preset="medium" />.';
  expect(saidIn({ id: 'scale', body }, () => false)).toMatchObject([
    { claim: 'C1a', address: 'scale-C1a', heading: 'scale', preset: undefined },
    { claim: 'C2', address: 'scale-C2', heading: 'scale-far-off', preset: 'medium' },
  ]);
});

test('what fails at less than the published size fails at that scale', () => {
  const words = (...of: Parameters<typeof besideSentence>) =>
    besideSentence(...of).replaceAll(/<[^>]*>/g, '');
  expect(words('does not hold', 1, 'small')).toBe('does not hold at this scale');
  expect(words('does not hold', 2, 'medium')).toBe('do not hold at this scale');
  expect(words('does not hold', 1, 'paper')).toBe('does not hold');
  expect(words('holds', 2, 'small')).toBe('hold');
});

test('a question is sought by what it is about: all of it, else most of it, else single signs', () => {
  expect(topicOf('How does Mamba compare with the Transformer?')).toBe('Mamba compare Transformer');
  expect(topicOf('what is it')).toBe('what is it');
  const texts = ['mamba errs', 'mamba', 'tree'];
  const search = (words: string, combine: 'AND' | 'OR') =>
    texts.filter((text) => {
      const found = words.split(' ').map((word) => text.includes(word));
      return combine === 'AND' ? found.every(Boolean) : found.some(Boolean);
    });
  const of = (query: string) => asked(query, search, () => ['by signs']);
  expect(of('does mamba errs')).toEqual(['mamba errs']);
  expect(of('is mamba a tree')).toEqual(texts);
  expect(of('lstm')).toEqual(['by signs']);
});
