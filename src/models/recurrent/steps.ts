import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters, RecurrentModel, State } from '../model.ts';

/** One layer's part of the state before a token, by name, and what replaces it. */
export interface Memory {
  recall(name: string): Tensor;
  keep(name: string, value: Tensor): void;
}

export interface Steps {
  /** What each layer remembers before the first token of `batch` prompts. */
  blank: Record<string, (batch: number) => Tensor>;
  /** token [B n_dims] → [B] */
  run(parameters: Parameters, token: Tensor, memoryOf: (layer: number) => Memory): Tensor;
}

/** A recurrent model whose layers all remember tensors of the same names: `<name>.<layer>` of its state. */
export function recurrent(n_layer: number, { blank, run }: Steps): RecurrentModel {
  const names = Object.keys(blank);
  return {
    initialState: (batch) =>
      tf.tidy(() => {
        const state: State = {};
        for (let layer = 0; layer < n_layer; layer++) {
          for (const name of names) state[`${name}.${layer}`] = blank[name]!(batch);
        }
        return state;
      }),
    step: (parameters, state, token) =>
      tf.tidy(() => {
        const next: State = {};
        const out = run(parameters, token, (layer) => ({
          recall: (name) => state[`${name}.${layer}`]!,
          keep: (name, value) => (next[`${name}.${layer}`] = value),
        }));
        return { out, state: next };
      }),
  };
}

/** Remembers [B …shape], zero at first. */
export const zeros =
  (...shape: number[]) =>
  (batch: number): Tensor =>
    tf.zeros([batch, ...shape]);

/** A token as a sequence of one. [B D] → [B 1 D] */
export const asSequence = (x: Tensor): Tensor => tf.expandDims(x, 1);
