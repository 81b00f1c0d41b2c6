import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RandomStream } from '../numerics/random.ts';
import type { Backbone, Parameters, ParameterValues, State } from './model.ts';

/** One layer's part of the state before a token, by name, and what replaces it. */
export interface Memory {
  recall(name: string): Tensor;
  keep(name: string, value: Tensor): void;
}

/** What a layer is given besides the stream. */
export interface LayerOptions {
  /** Of this layer; in training only. */
  random?: RandomStream | undefined;
  /** Where the stream is of one token after others, and not of a whole sequence. */
  memory?: Memory | undefined;
}

/** Layers one after another. Streams are [B L d_model]. */
interface Stack {
  n_layer: number;
  init(random: RandomStream): ParameterValues;
  /** What comes before the first layer; nothing if absent. */
  enter?(parameters: Parameters, stream: Tensor): Tensor;
  layer(parameters: Parameters, index: number, stream: Tensor, options: LayerOptions): Tensor;
  /** The norm before the read-out; none if absent. */
  norm?(parameters: Parameters, residual: Tensor): Tensor;
  /** What each layer remembers before the first token of `batch` prompts; absent where memory would grow. */
  blank?: Record<string, (batch: number) => Tensor>;
  /** Whether layers draw from their `random`; no if absent. */
  draws?: boolean;
}

/** The backbone that a stack of layers makes. The state of a recurrence is `<name>.<layer>`. */
export function stack({
  n_layer,
  init,
  enter = (_, stream) => stream,
  layer,
  norm = (_, residual) => residual,
  blank,
  draws = false,
}: Stack): Backbone {
  const through = (
    parameters: Parameters,
    stream: Tensor,
    optionsOf: (index: number) => LayerOptions,
    after?: (index: number, residual: Tensor) => void,
  ): Tensor => {
    let residual = enter(parameters, stream);
    for (let index = 0; index < n_layer; index++) {
      residual = layer(parameters, index, residual, optionsOf(index));
      after?.(index, residual);
    }
    return residual;
  };
  return {
    init,
    norm,
    draws,
    forward: (parameters, stream, { observe, random } = {}) =>
      through(
        parameters,
        stream,
        (index) => ({ random: random?.fork(index) }),
        (index, residual) => observe?.(`block.${index}`, residual),
      ),
    ...(blank && {
      recurrence: {
        initialState: (batch) => blankState(n_layer, blank, batch),
        step(parameters, state, stream) {
          const next: State = {};
          const memoryOf = (index: number): Memory => ({
            recall: (name) => state[`${name}.${index}`]!,
            keep: (name, value) => (next[`${name}.${index}`] = value),
          });
          const out = through(parameters, stream, (index) => ({ memory: memoryOf(index) }));
          return { out, state: next };
        },
      },
    }),
  };
}

function blankState(n_layer: number, blank: NonNullable<Stack['blank']>, batch: number): State {
  const state: State = {};
  for (let layer = 0; layer < n_layer; layer++) {
    for (const [name, make] of Object.entries(blank)) state[`${name}.${layer}`] = make(batch);
  }
  return state;
}

/** Remembers [B …shape], zero at first. */
export const zeros =
  (...shape: number[]) =>
  (batch: number): Tensor =>
    tf.zeros([batch, ...shape]);

/** The last `count` tokens of x [B L D]. */
export const lastTokens = (x: Tensor, count: number): Tensor =>
  tf.slice(x, [0, (x.shape[1] as number) - count, 0], [-1, count, -1]);
