import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { runLive } from '../../src/demos/engine.ts';
import type { LiveEvent, LiveRequest, LiveResult } from '../../src/demos/protocol.ts';
import { judge } from '../../src/demos/verdict.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import { meanCurve } from '../../src/numerics/statistics.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { openRuntime } from '../../src/runtime/node.ts';
import { evaluationBatch } from '../../src/tasks/index.ts';
import { firstPoints } from '../../src/tasks/prompts.ts';
import { evaluatePrompts } from '../../src/training/evaluate.ts';
import { surroundings } from './site.ts';

const CONFIG = { model: 'gpt2', n_dims: 2, d_model: 4, n_layer: 1, n_head: 2 } as const;
const K = [0, 2, 3];
const POINTS = 5;
const BATCH = 3;
const URL = 'http://site/base/artifacts/example.smoke.json';
const REQUEST: LiveRequest = {
  artifactUrl: URL,
  method: 'gpt2',
  seed: 1,
  extent: 'all',
  evaluations: ['training', 'isotropic'],
};

let weights: Uint8Array<ArrayBuffer>;
let data: LearningCurves;

/** What an experiment would publish: means over two batches, and over the first. */
async function published(inputs: 'skewed' | 'isotropic'): Promise<number[][]> {
  const model = createModel(CONFIG);
  const values = model.init(RandomStream.fromSeed(1));
  const parameters = toTensors(values);
  const shape = { batch: BATCH, points: POINTS, d: 2 };
  const [first = [], second = []] = await Promise.all(
    [0, 1].map(async (index) => {
      const random = RandomStream.fromSeed(9);
      const prompts = evaluationBatch({ task: 'linear-regression', inputs }, shape, random, index);
      return [...(await evaluatePrompts(model, parameters, prompts, K))];
    }),
  );
  weights = encode(values);
  const mean = meanCurve(Float64Array.from([...first, ...second]), K.length);
  return [mean, meanCurve(Float64Array.from(first), K.length)];
}

beforeAll(async () => {
  await openRuntime({ backend: 'cpu' });
  const curve = async (evaluation: string, inputs: 'skewed' | 'isotropic') => {
    const [mean = [], firstBatch = []] = await published(inputs);
    const prompts = 2 * BATCH;
    return {
      method: 'gpt2',
      seed: 1,
      evaluation,
      k: K,
      mean,
      firstBatch,
      low: mean,
      high: mean,
      prompts,
    };
  };
  data = {
    d: 2,
    trainedPoints: 5,
    prompts: 2 * BATCH,
    batch: BATCH,
    points: POINTS,
    promptSeed: 9,
    evaluations: {
      training: { task: 'linear-regression', inputs: 'skewed' },
      isotropic: { task: 'linear-regression', inputs: 'isotropic' },
    },
    confidence: 0.9,
    bootstrapTrials: 1,
    curves: [await curve('training', 'skewed'), await curve('isotropic', 'isotropic')],
    trainings: [
      {
        method: 'gpt2',
        seed: 1,
        parameters: 1,
        steps: 1,
        batch: 1,
        learningRate: 1,
        schedule: 'cosine',
        trainedPoints: 5,
        weights: 'weights/example.smoke/gpt2-1.safetensors',
        weightsSha256: createHash('sha256').update(weights).digest('hex'),
        config: CONFIG,
        loss: { step: [1], value: [1] },
      },
    ],
    probes: [],
    order: [],
  };
});

afterAll(() => tf.disposeVariables());

const artifact = () => ({
  schema: 1,
  id: 'example',
  preset: 'smoke',
  data,
  provenance: {
    key: 'c'.repeat(64),
    commit: 'c0ffee',
    dirty: false,
    command: 'none',
    parameters: {},
    seeds: [1],
    inputs: {},
    startedAt: '2026-01-01T00:00:00Z',
    seconds: 1,
    runtime: { backend: 'cpu', adapter: 'test', software: false, packages: {} },
  },
});

const site = (): Record<string, BodyInit> => ({
  [URL]: JSON.stringify(artifact()),
  'http://site/base/weights/example.smoke/gpt2-1.safetensors': weights,
});

async function live(request: Partial<LiveRequest>, files = site()) {
  const events: LiveEvent[] = [];
  await runLive({ ...REQUEST, ...request }, surroundings(files), (event) => events.push(event));
  const done = events.find((event) => event.type === 'done');
  if (!done) throw new Error('expected a result');
  return { result: done.result satisfies LiveResult, events };
}

test.each(['all', 'batch'] as const)('a run over %s gives the published means', async (extent) => {
  const { result, events } = await live({ extent });
  const verdict = judge(result);
  expect(verdict.worst.share).toBeLessThan(1e-6);
  expect(result.curves.map(({ prompts }) => prompts)).toEqual(
    extent === 'all' ? [2 * BATCH, 2 * BATCH] : [BATCH, BATCH],
  );
  const progress = events.filter((event) => event.type === 'progress');
  expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)?.total });
});

test('shorter contexts give the beginning of the same curve', async () => {
  const { result } = await live({ maxK: 2 });
  expect(result.curves.map(({ k }) => k)).toEqual([
    [0, 2],
    [0, 2],
  ]);
  expect(judge(result)).toMatchObject({ matches: true, points: 4 });
});

test('weights other than the published ones are refused', async () => {
  const altered = weights.slice();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  const files = { ...site(), 'http://site/base/weights/example.smoke/gpt2-1.safetensors': altered };
  await expect(live({}, files)).rejects.toThrow(/not those of the artifact/);
});

test('a missing file and a missing model are named', async () => {
  await expect(live({}, {})).rejects.toThrow(/example\.smoke\.json did not arrive \(status 404\)/);
  await expect(live({ seed: 7 })).rejects.toThrow(/no training of gpt2 with seed 7/);
});

test('results newer than the page are refused, and those that it shows are not', async () => {
  await expect(live({ artifactKey: 'd'.repeat(64) })).rejects.toThrow(
    /example\.smoke\.json are not those that this page shows.*reload/,
  );
  const { result } = await live({ artifactKey: artifact().provenance.key, extent: 'batch' });
  expect(judge(result).matches).toBe(true);
});

test('prompts are cut after their first points', () => {
  const prompts = {
    batch: 2,
    points: 2,
    d: 1,
    xs: Float32Array.of(1, 2, 3, 4),
    ys: Float32Array.of(5, 6, 7, 8),
  };
  const cut = firstPoints(prompts, 1);
  expect([...cut.xs, ...cut.ys]).toEqual([1, 3, 5, 7]);
});
