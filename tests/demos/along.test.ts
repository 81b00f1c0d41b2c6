import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { askAlongLines } from '../../src/demos/along.ts';
import type { LineEvent, LineRequest } from '../../src/demos/protocol.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import { openRuntime } from '../../src/runtime/node.ts';
import { lineOfSeed, withSlope } from '../../src/tasks/line.ts';
import { predictAlong } from '../../src/training/along.ts';
import { exampleData, exampleInputs } from '../components/example-data.ts';
import { untrained } from '../experiments/node.ts';
import { surroundings } from './site.ts';

const CONFIG = { model: 'gpt2', n_dims: 2, d_model: 4, n_layer: 1, n_head: 2 } as const;
const ARTIFACT = 'http://site/base/artifacts/example.small.json';
const WEIGHTS = 'http://site/base/weights/gpt2-1.safetensors';
const REQUEST: LineRequest = {
  artifactUrl: ARTIFACT,
  models: [{ method: 'gpt2', seed: 1 }],
  promptSeed: 4,
  k: [1, 2, 5],
  places: [-2, 0, 1],
};
const model = createModel(CONFIG);
let site: Record<string, BodyInit>;

beforeAll(async () => {
  await openRuntime({ backend: 'cpu' });
  const weights = encode(model.init(RandomStream.fromSeed(7)));
  const [training] = exampleData.trainings.filter(({ method }) => method === 'gpt2');
  const own = {
    ...training,
    weights: 'weights/gpt2-1.safetensors',
    weightsSha256: createHash('sha256').update(weights).digest('hex'),
    config: CONFIG,
  };
  const artifact = {
    schema: 1,
    id: 'example',
    preset: 'small',
    data: { ...exampleData, trainings: [own] },
    provenance: {
      key: 'c'.repeat(64),
      commit: 'c0ffee',
      dirty: false,
      command: 'none',
      parameters: {},
      seeds: [1],
      inputs: exampleInputs,
      startedAt: '2026-01-01T00:00:00Z',
      seconds: 1,
      runtime: { backend: 'cpu', adapter: 'test', software: false, packages: {} },
    },
  };
  site = { [ARTIFACT]: JSON.stringify(artifact), [WEIGHTS]: weights };
});

function asker() {
  const fetched: string[] = [];
  const around = surroundings(site, fetched);
  const ask = askAlongLines();
  return {
    fetched,
    async ask(change: Partial<LineRequest> = {}) {
      const events: LineEvent[] = [];
      await ask({ ...REQUEST, ...change }, around, (event) => events.push(event));
      const answer = events.find((event) => event.type === 'lines');
      if (!answer) throw new Error('expected lines');
      return answer;
    },
  };
}

const yOf = (
  { lines }: Awaited<ReturnType<ReturnType<typeof asker>['ask']>>,
  of: string,
  k: number,
) => lines.find((line) => line.method === of && line.k === k)!.y;

test('answers what the model predicts and least squares computes, in the unit of the query', async () => {
  const answer = await asker().ask();
  const line = lineOfSeed(4, 2, 5);
  expect(answer.slope).toBe(line.slope);
  expect(answer.lines).toHaveLength(2 * 3);
  const { weights } = untrained(model);
  for (const k of REQUEST.k) {
    const ts = REQUEST.places.map((place) => place * line.reach);
    const wanted = await predictAlong(model, weights, line, k, ts);
    yOf(answer, 'gpt2', k).forEach((y, i) => expect(y).toBeCloseTo(wanted[i]! / line.reach, 5));
  }
  yOf(answer, 'least-squares', 5).forEach((y, i) =>
    expect(y).toBeCloseTo(line.slope * REQUEST.places[i]!, 4),
  );
});

test('turns the function and draws other examples without loading anything again', async () => {
  const { ask, fetched } = asker();
  const first = await ask();
  expect(fetched).toEqual([ARTIFACT, WEIGHTS]);
  const turned = await ask({ slope: 1.25 });
  expect(turned.slope).toBe(1.25);
  yOf(turned, 'least-squares', 5).forEach((y, i) =>
    expect(y).toBeCloseTo(1.25 * REQUEST.places[i]!, 4),
  );
  const examples = (slope: number) => withSlope(lineOfSeed(4, 2, 5), slope).examples.ys;
  expect(examples(1.25)).not.toEqual(examples(first.slope));
  const other = await ask({ promptSeed: 5 });
  expect(other.slope).not.toBe(first.slope);
  expect(fetched).toHaveLength(2);
});

test('a model that is not there fails in words', async () => {
  await expect(asker().ask({ models: [{ method: 'mamba', seed: 9 }] })).rejects.toThrow(
    /holds no training of mamba with seed 9/,
  );
});
