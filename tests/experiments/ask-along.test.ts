import { join } from 'node:path';
import { expect, test } from 'vitest';
import { experiment } from '../../experiments/along-a-line.ts';
import type { Build } from '../../experiments/graphs/code.ts';
import { askAlong } from '../../experiments/nodes/ask-along.ts';
import type { AskAlongParameters } from '../../experiments/nodes/ask-along.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import { alongALine } from '../../src/artifacts/along-a-line.ts';
import { graphOf } from '../../src/lab/portable/graph.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { readData } from '../../src/lab/data.ts';
import { DATA } from '../../src/lab/experiment.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { openForSuite } from '../kernels/backends.ts';
import { contextOf, resultOf } from './node.ts';

openForSuite('wasm');

const node = graphOf(experiment, 'smoke');
const { data: sources = {}, parameters } = node as typeof node & { parameters: AskAlongParameters };
const uses = Object.fromEntries(
  Object.entries(node.uses!).map(([name, { value }]) => [name, value as Build]),
);
const workspace = openWorkspace(join(import.meta.dirname, '../..'));

/** The node's context with what it declares, for some of its models. */
async function contextFor(
  runs: AskAlongParameters['runs'],
): Promise<Parameters<typeof askAlong>[0]> {
  const data = Object.entries(sources).map(async ([name, source]) => {
    const { bytes } = await readData(workspace, source, name);
    return [name, bytes] as const;
  });
  return {
    ...contextOf({ ...parameters, runs }, uses),
    data: Object.fromEntries(await Promise.all(data)),
  };
}

test('asks every committed model of both kinds, whose weights are data of the node', async () => {
  expect(parameters.runs.map(({ method, seed }) => `${method} ${seed}`).toSorted()).toEqual(
    ['gpt2', 'mamba'].flatMap((method) => [1, 2, 3].map((seed) => `${method} ${seed}`)),
  );
  const curves = await readData(workspace, sources['curves']!, 'curves');
  const { trainings } = learningCurves.parse(JSON.parse(new TextDecoder().decode(curves.bytes)));
  for (const { method, seed } of parameters.runs) {
    const { sha256 } = await readData(workspace, sources[`${method}-${seed}`]!, method);
    const training = trainings.find((one) => one.method === method && one.seed === seed);
    expect(sha256).toBe(training?.weightsSha256);
  }
});

test('a line a learner and number of examples; least squares is the function from d on', async () => {
  const context = await contextFor(parameters.runs.slice(0, 2));
  const data = alongALine.parse(readJson(resultOf(await askAlong(context)), DATA));
  expect(data.k).toEqual([1, 3, 5, 10]);
  expect(data.lines).toHaveLength((2 + 1) * 4);
  for (const { y } of data.lines) expect(y).toHaveLength(data.t.length);
  for (const k of [5, 10]) {
    const { y } = data.lines.find((line) => line.method === 'least-squares' && line.k === k)!;
    y.forEach((value, i) => expect(value).toBeCloseTo(data.slope * data.t[i]!, 4));
  }
});

test('refuses weights that are not those of the artifact, and a model that it does not have', async () => {
  const context = await contextFor(parameters.runs.slice(0, 1));
  const [first] = parameters.runs;
  const name = `${first!.method}-${first!.seed}`;
  const altered = { ...context, data: { ...context.data, [name]: context.data['gpt2-2'] } };
  await expect(askAlong(altered)).rejects.toThrow(/expected the weights of the artifact/);
  const unknown = await contextFor([{ method: 'mamba', seed: 99 }]);
  await expect(askAlong(unknown)).rejects.toThrow(/expected a training of mamba-99, got none/);
});
