import * as tf from '@tensorflow/tfjs-core';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Parameters, SequenceModel } from '../../src/models/model.ts';
import { fitLine, overTasks } from '../../src/numerics/statistics.ts';
import type { Sampler, Task } from '../../src/tasks/index.ts';
import { interleave } from '../../src/tasks/prompts.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import type { Build } from './code.ts';
import { jsonFile } from './files.ts';
import { probePrompts } from './probe-prompts.ts';
import type { ProbeParameters } from './probe-prompts.ts';
import { trainedWeights } from './weights.ts';

type Probe = Omit<LearningCurves['probes'][number], 'method' | 'seed'>;

/**
 * Probes every layer as the paper does in section 3.2 (content/layers.mdx, The probe): the context and one further x
 * are fed by themselves for each of fitted + tested x; the model's own decoder reads the residual stream there after
 * every block; a line fitted to what it reads, per function, predicts the rest. Outputs `probes.json`.
 */
export async function probeModel(
  context: NodeContext<
    ProbeParameters & { config: ModelConfig; task: Task },
    { build: Build; sample: Sampler }
  >,
): Promise<Files> {
  const { parameters, uses, inputs, progress, signal } = context;
  const weights = trainedWeights(inputs['training']!);
  const model = uses.build(parameters.config);
  const probes: Probe[] = [];
  try {
    for (const [index, k] of parameters.k.entries()) {
      await progress({ step: index, steps: parameters.k.length });
      signal.throwIfAborted();
      const readings = await readTasks(model, weights, uses.sample, parameters, k);
      probes.push(summarise(readings, parameters, k));
    }
  } finally {
    tf.dispose(weights);
  }
  return jsonFile('probes.json', probes);
}

/** Of one function: targets [tokens], and what the decoder reads after every block [layers][tokens]. */
type Reading = { targets: Float64Array; decoded: Float64Array[] };

async function readTasks(
  model: SequenceModel,
  weights: Parameters,
  sample: Sampler,
  parameters: ProbeParameters & { config: ModelConfig; task: Task },
  k: number,
): Promise<Reading[]> {
  const { task, config } = parameters;
  const batches = probePrompts(
    (shape, random) => sample(shape, random, task),
    parameters,
    k,
    config.n_dims,
  );
  const readings: Reading[] = [];
  for (const prompts of batches) readings.push(...(await readBatch(model, weights, prompts, k)));
  return readings;
}

async function readBatch(
  model: SequenceModel,
  weights: Parameters,
  prompts: Prompts,
  k: number,
): Promise<Reading[]> {
  const tokens = prompts.points - k;
  const layers = decodeLayers(model, weights, oneQueryEach(prompts, k), k);
  const values = await Promise.all(layers.map((layer) => layer.data()));
  tf.dispose(layers);
  return Array.from({ length: prompts.batch }, (_, b) => {
    const first = b * prompts.points + k;
    return {
      targets: Float64Array.from(prompts.ys.subarray(first, first + tokens)),
      decoded: values.map((layer) => Float64Array.from(layer.slice(b * tokens, (b + 1) * tokens))),
    };
  });
}

/** Prompts of k examples and one query, for each function and each of its points after the k-th. */
function oneQueryEach({ batch, points, d, xs, ys }: Prompts, k: number): Prompts {
  const tokens = points - k;
  const size = k + 1;
  const each = {
    batch: batch * tokens,
    points: size,
    d,
    xs: new Float32Array(batch * tokens * size * d),
    ys: new Float32Array(batch * tokens * size),
  };
  for (let row = 0; row < each.batch; row++) {
    const from = Math.floor(row / tokens) * points;
    const query = from + k + (row % tokens);
    each.xs.set(xs.subarray(from * d, (from + k) * d), row * size * d);
    each.xs.set(xs.subarray(query * d, (query + 1) * d), (row * size + k) * d);
    each.ys.set(ys.subarray(from, from + k), row * size);
  }
  return each;
}

/** What the decoder reads at the last x after each block. @returns one tensor [prompts] a block */
function decodeLayers(
  model: SequenceModel,
  weights: Parameters,
  prompts: Prompts,
  k: number,
): tf.Tensor[] {
  return tf.tidy(() => {
    const { batch, points, d } = prompts;
    const tokens = tf.tensor(interleave(prompts), [batch, 2 * points, d]);
    const layers: tf.Tensor[] = [];
    model.forward(weights, tokens, {
      observe: (name, residual) => {
        if (!name.startsWith('block.')) return;
        const width = residual.shape[2]!;
        const last = tf.slice(residual, [0, 2 * k, 0], [batch, 1, width]);
        layers.push(tf.reshape(model.readOut(weights, last), [batch]));
      },
    });
    return layers;
  });
}

function summarise(
  readings: readonly Reading[],
  { fitted, tested, interval, config }: ProbeParameters & { config: ModelConfig },
  k: number,
): Probe {
  const layers = readings[0]!.decoded.length;
  const perLayer = Array.from({ length: layers }, (_, layer) => {
    const tasks = readings.map(({ targets, decoded }) =>
      judge(decoded[layer]!, targets, fitted, config.n_dims),
    );
    const column = (name: keyof ReturnType<typeof judge>) =>
      overTasks(
        Float64Array.from(tasks, (task) => task[name]),
        interval,
      );
    return {
      depth: layers > 1 ? layer / (layers - 1) : 1,
      error: column('error'),
      decoded: column('decoded'),
      scale: column('scale'),
      shift: column('shift'),
    };
  });
  return { k, tasks: readings.length, fitted, tested, layers: perLayer };
}

/** Fits the line on the first tokens and judges it, and the plain reading, on the rest. */
function judge(read: Float64Array, targets: Float64Array, fitted: number, d: number) {
  const { scale, shift } = fitLine(read.subarray(0, fitted), targets.subarray(0, fitted));
  const rest = read.subarray(fitted);
  const error = (predict: (value: number) => number): number =>
    rest.reduce((sum, value, i) => sum + (predict(value) - targets[fitted + i]!) ** 2, 0) /
    rest.length /
    d;
  return {
    scale,
    shift,
    error: error((value) => scale * value + shift),
    decoded: error((value) => value),
  };
}
