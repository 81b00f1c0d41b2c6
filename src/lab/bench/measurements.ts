import * as tf from '@tensorflow/tfjs-core';
import { selectiveScan } from '../../kernels/selective-scan/op.ts';
import { createModel } from '../../models/index.ts';
import type { ModelConfig } from '../../models/index.ts';
import { Adam } from '../../training/adam.ts';
import { lossAndGradients } from '../../training/loss.ts';
import { RandomStream } from '../../training/random.ts';
import type { Prepare } from './measure.ts';

interface Measurement {
  name: string;
  shape: Record<string, number>;
  prepare: Prepare;
}

/** Batch and prompt length of the paper's regression trainings: 41 points, 82 tokens. */
const TRAINING = { batch: 64, tokens: 82, n_dims: 5, d_model: 64, n_layer: 4 };

/** One whole step: forward, backward, Adam; ends when the last updated parameter has been read. */
function trainStep(config: ModelConfig): Prepare {
  return () => {
    const random = RandomStream.fromSeed(0);
    const { batch, tokens, n_dims: d } = TRAINING;
    const points = tokens / 2;
    const xs = random.fork('xs').normals(batch * points * d);
    const prompts = { batch, points, d, xs, ys: random.fork('ys').normals(batch * points) };
    const model = createModel(config);
    const adam = new Adam({ parameters: model.init(random.fork('init')) });
    let step = 0;
    return {
      async run() {
        const { loss, gradients } = lossAndGradients(model, adam.parameters, prompts);
        adam.step(gradients, ++step, 1e-3);
        await Object.values(adam.parameters).at(-1)?.data();
        tf.dispose([loss, ...Object.values(gradients)]);
      },
      dispose: () => adam.dispose(),
    };
  };
}

const SCAN = { batch: 64, tokens: 82, channels: 128, d_state: 16 };

/** The selective scan alone, forward and backward. */
const scan: Prepare = () => {
  const { batch, tokens, channels, d_state } = SCAN;
  const random = RandomStream.fromSeed(0);
  const draw = (...shape: number[]): tf.Tensor =>
    tf.tensor(random.normals(shape.reduce((n, size) => n * size, 1)), shape);
  const [u, delta, dOut] = [1, 2, 3].map(() => draw(batch, tokens, channels));
  const A = tf.tidy(() => tf.neg(tf.exp(draw(channels, d_state))));
  const [B, C] = [1, 2].map(() => draw(batch, tokens, d_state));
  const inputs = [u, delta, A, B, C] as tf.Tensor[];
  const gradient = tf.grads((u, delta, A, B, C) => selectiveScan({ u, delta, A, B, C }));
  return {
    async run() {
      const gradients = gradient(inputs, dOut);
      await gradients[0]?.data();
      tf.dispose(gradients);
    },
    dispose: () => tf.dispose([inputs, dOut]),
  };
};

const { batch, tokens, ...width } = TRAINING;
const MAMBA = { ...width, d_state: 16, d_conv: 4, expand: 2 };
const GPT2 = { ...width, n_head: 4 };
const MAMBAFORMER = { ...MAMBA, n_layer: 2, n_head: 4 };
const S4D = { ...width, d_state: 64 };

/** The standard measurements; names and shapes stay, so that numbers compare over time. */
export const MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'train-step/mamba',
    shape: { batch, tokens, ...MAMBA },
    prepare: trainStep({ model: 'mamba', ...MAMBA }),
  },
  {
    name: 'train-step/gpt2',
    shape: { batch, tokens, ...GPT2 },
    prepare: trainStep({ model: 'gpt2', ...GPT2 }),
  },
  {
    name: 'train-step/s4d',
    shape: { batch, tokens, ...S4D },
    prepare: trainStep({ model: 's4d', ...S4D }),
  },
  {
    name: 'train-step/rwkv4',
    shape: { batch, tokens, ...width },
    prepare: trainStep({ model: 'rwkv4', ...width }),
  },
  {
    name: 'train-step/lstm',
    shape: { batch, tokens, ...width },
    prepare: trainStep({ model: 'lstm', ...width }),
  },
  {
    name: 'train-step/mambaformer',
    shape: { batch, tokens, ...MAMBAFORMER },
    prepare: trainStep({ model: 'mambaformer', ...MAMBAFORMER }),
  },
  { name: 'selective-scan/forward-backward', shape: SCAN, prepare: scan },
];
