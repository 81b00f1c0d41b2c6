import * as tf from '@tensorflow/tfjs-core';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Files } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Parameters, SequenceModel } from '../../src/models/model.ts';
import { fitLine, overTasks } from '../../src/numerics/statistics.ts';
import { interleave, withQueries } from '../../src/tasks/prompts.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { overContexts } from '../measuring/contexts.ts';
import type { ContextsNode } from '../measuring/contexts.ts';
import { probePrompts } from '../measuring/probe-prompts.ts';
import type { ProbeParameters } from '../measuring/probe-prompts.ts';
import { jsonFile } from '../outputs/files.ts';

type Probe = Omit<LearningCurves['probes'][number], 'method' | 'seed'>;

/**
 * Probes every layer as the paper does in section 3.2 (content/layers.mdx, The probe): the context and one further x
 * are fed by themselves for each of fitted + tested x; the model's own decoder reads the residual stream there after
 * every block; a line fitted to what it reads, per function, predicts the rest. Outputs `probes.json`.
 */
export async function probeModel(context: ContextsNode<ProbeParameters>): Promise<Files> {
  const probes = await overContexts(context, async (model, weights, k) =>
    summarise(await readTasks(model, weights, context, k), context.parameters, k),
  );
  return jsonFile('probes.json', probes);
}

/** Of one function: targets [tokens], and what the decoder reads after every block [layers][tokens]. */
type Reading = { targets: Float64Array; decoded: Float64Array[] };

async function readTasks(
  model: SequenceModel,
  weights: Parameters,
  { parameters, uses }: ContextsNode<ProbeParameters>,
  k: number,
): Promise<Reading[]> {
  const { task, config } = parameters;
  const batches = probePrompts(
    (shape, random) => uses.sample(shape, random, task),
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
function oneQueryEach(prompts: Prompts, k: number): Prompts {
  const { batch, points, d, xs } = prompts;
  const tokens = points - k;
  return withQueries(prompts, k, batch * tokens, (row) => {
    const prompt = Math.floor(row / tokens);
    const query = prompt * points + k + (row % tokens);
    return { prompt, x: xs.subarray(query * d, (query + 1) * d), y: 0 };
  });
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
