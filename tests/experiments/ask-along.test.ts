import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { experiment } from '../../experiments/along-a-line.ts';
import type { Build } from '../../experiments/graphs/code.ts';
import { askAlong } from '../../experiments/nodes/ask-along.ts';
import type { AskAlongParameters } from '../../experiments/nodes/ask-along.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import { alongALine } from '../../src/artifacts/along-a-line.ts';
import { graphOf } from '../../src/lab/catalog.ts';
import { DATA } from '../../src/lab/experiment.ts';
import { sha256 } from '../../src/lab/hash.ts';
import { openForSuite } from '../kernels/backends.ts';
import { contextOf, resultOf } from './node.ts';

openForSuite('wasm');

const asking = graphOf(experiment, 'smoke');
const parameters = asking.parameters as AskAlongParameters;
const uses = Object.fromEntries(
  Object.entries(asking.uses!).map(([name, { value }]) => [name, value as Build]),
);

test('asks every committed model of both kinds, whose bytes are in the key', () => {
  expect(parameters.trainings.map(({ method, seed }) => `${method} ${seed}`).toSorted()).toEqual(
    ['gpt2', 'mamba'].flatMap((method) => [1, 2, 3].map((seed) => `${method} ${seed}`)),
  );
  for (const { weights, sha256: hash } of parameters.trainings)
    expect(sha256(readFileSync(join(import.meta.dirname, '../../public', weights)))).toBe(hash);
});

test('a line a learner and number of examples; least squares is the function from d on', async () => {
  const few = { ...parameters, trainings: parameters.trainings.slice(0, 2) };
  const data = alongALine.parse(readJson(resultOf(await askAlong(contextOf(few, uses))), DATA));
  expect(data.k).toEqual([1, 3, 5, 10]);
  expect(data.lines).toHaveLength((2 + 1) * 4);
  for (const { y } of data.lines) expect(y).toHaveLength(data.t.length);
  for (const k of [5, 10]) {
    const { y } = data.lines.find((line) => line.method === 'least-squares' && line.k === k)!;
    y.forEach((value, i) => expect(value).toBeCloseTo(data.slope * data.t[i]!, 4));
  }
});

test('refuses other weights than those of the artifact, and to ask nobody', async () => {
  const [first] = parameters.trainings;
  const altered = { ...parameters, trainings: [{ ...first!, sha256: '0'.repeat(64) }] };
  await expect(askAlong(contextOf(altered, uses))).rejects.toThrow(
    /expected the weights of the artifact/,
  );
  await expect(askAlong(contextOf({ ...parameters, trainings: [] }, {}))).rejects.toThrow(
    /expected committed models at small, got none/,
  );
});
