import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { State } from '../models/model.ts';
import type { Memory, Network, Pass } from './network.ts';
import type { Rows } from './rows.ts';
import type { Weights } from './weights.ts';

/** What prompts left behind; the caller disposes `state`. */
export interface Running {
  state: State;
  /** Places so far. */
  past: number;
  first: readonly number[];
}

/**
 * One pass through a network, from where the prompts are.
 * @returns normed hidden [B L d_model], and where the prompts are then; `before` stays as it is
 */
export function pass(
  network: Network,
  weights: Weights,
  ids: Rows['ids'],
  before: Running,
): { hidden: Tensor; after: Running } {
  const { past, first } = before;
  const state: State = {};
  const hidden = tf.tidy(() => {
    const here: Pass = { ids, first, past, own: ownOf(ids, before) };
    const { stream, block } = network.begin(weights, here);
    let residual = stream;
    for (let layer = 0; layer < network.layers; layer++) {
      const kept: State = {};
      const memory: Memory = {
        recall: (name) => before.state[`${name}.${layer}`],
        keep: (name, value) => (kept[name] = value),
      };
      const next = tf.tidy(() => ({
        out: block(weights.layer(layer), residual, memory, layer),
        kept,
      }));
      for (const [name, value] of Object.entries(kept)) state[`${name}.${layer}`] = tf.keep(value);
      residual.dispose();
      residual = next.out;
    }
    return network.norm(weights, residual);
  });
  return { hidden, after: { state, past: past + (ids[0]?.length ?? 0), first } };
}

function ownOf(ids: Rows['ids'], { past, first }: Running): Tensor | undefined {
  if (first.every((place) => place <= past)) return undefined;
  const length = ids[0]?.length ?? 0;
  const values = first.flatMap((place) =>
    Array.from({ length }, (_, t) => (past + t < place ? 0 : 1)),
  );
  return tf.tensor(values, [ids.length, length, 1]);
}

/** Places of a pass: longer prompts go through in pieces, so that memory does not grow with them. */
const PIECE = 512;

/**
 * Passes whole prompts, in pieces.
 * @param read sees the normed hidden [B L d_model] of each piece, and the place of its first token
 * @returns what they leave behind
 */
export async function prefill(
  network: Network,
  weights: Weights,
  { ids, first }: Rows,
  read: (hidden: Tensor, from: number) => void,
  pieceLength = PIECE,
): Promise<Running> {
  const length = ids[0]?.length ?? 0;
  let running: Running = { state: {}, past: 0, first };
  for (let from = 0; from < length; from += pieceLength) {
    const piece = ids.map((row) => row.slice(from, from + pieceLength));
    const { hidden, after } = pass(network, weights, piece, running);
    tf.dispose(running.state);
    running = after;
    try {
      read(hidden, from);
    } finally {
      hidden.dispose();
    }
    // Lets others have their turn.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return running;
}

/** Logits of hidden states. [… d_model] → [… V] */
export const logitsOf = (weights: Weights, hidden: Tensor): Tensor =>
  weights.linear(weights.has('head.weight') ? 'head' : 'embedding', hidden);
