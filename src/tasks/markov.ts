import { portableLog } from '../numerics/random.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { SequenceShape, TokenBatch } from './tokens.ts';

/** Chains over this many states. */
export type MarkovTask = { task: 'markov'; states: number };

/**
 * Markov chains in context (Edelman et al. 2024): each sequence is a chain of its own, whose transition
 * probabilities are drawn uniformly from all there are, a row for each state; it begins in any state alike. Asked,
 * at every position, is the next state.
 */
export function sampleMarkov(
  { batch, length }: SequenceShape,
  random: RandomStream,
  { states }: MarkovTask,
): TokenBatch {
  const tokens = new Float32Array(batch * length);
  const targets = new Float32Array(batch * length);
  for (let b = 0; b < batch; b++) {
    const own = random.fork(b);
    const rows = transitions(states, own.fork('transitions'));
    const steps = own.fork('steps');
    let state = steps.integer(states);
    for (let t = b * length; t < (b + 1) * length; t++) {
      tokens[t] = state;
      state = drawn(rows[state]!, steps.uniform());
      targets[t] = state;
    }
  }
  return { batch, length, tokens, targets, weights: new Float32Array(batch * length).fill(1) };
}

/** Rows of probabilities, each uniform on the simplex: waiting times divided by their sum. */
function transitions(states: number, random: RandomStream): number[][] {
  return Array.from({ length: states }, () => {
    const waits = Array.from({ length: states }, () => -portableLog(random.uniform()));
    const total = waits.reduce((sum, wait) => sum + wait, 0);
    return waits.map((wait) => wait / total);
  });
}

/** The state at which the probabilities before it and its own first exceed u. */
function drawn(row: readonly number[], u: number): number {
  let sum = 0;
  const found = row.findIndex((p) => (sum += p) > u);
  return found < 0 ? row.length - 1 : found;
}
