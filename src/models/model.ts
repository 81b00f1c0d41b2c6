import type { Tensor } from '@tensorflow/tfjs-core';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';

/** Named parameters, in the order in which they were initialised; names as in the upstream code. */
export type Parameters = Record<string, Tensor>;

/** Receives named intermediates (for probing): the residual stream after block l is `block.<l>`. */
type Observe = (name: string, value: Tensor) => void;

/** Freshly drawn parameter values, before they become tensors on a device. */
export type ParameterValues = Record<string, HostTensor>;

/** Number of trained scalars. */
export const parameterCount = (values: ParameterValues): number =>
  Object.values(values).reduce((sum, { values: entries }) => sum + entries.length, 0);

/** What may accompany a forward pass. */
export interface ForwardOptions {
  observe?: Observe | undefined;
  /** Present in training only: the source of whatever is random there, such as dropout. */
  random?: RandomStream | undefined;
}

/** What a recurrent model remembers between two tokens, by name; the caller disposes it. */
export type State = Record<string, Tensor>;

/**
 * What mixes tokens, whatever they are: a stream [B L d_model] in, a stream out.
 * Notation: B prompts, L tokens, d_model the width of the stream.
 */
export interface Backbone {
  /** Draws the published initialisation. */
  init(random: RandomStream): ParameterValues;
  /** stream [B L d_model] → residual stream after the last block [B L d_model]; causal. */
  forward(parameters: Parameters, stream: Tensor, options?: ForwardOptions): Tensor;
  /** The norm between a residual stream and what reads it out. [B L d_model] → [B L d_model] */
  norm(parameters: Parameters, residual: Tensor): Tensor;
  /** `forward` token by token; absent where memory would grow with their number, as with attention. */
  recurrence?: {
    initialState(batch: number): State;
    /** stream [B 1 d_model] of the token after those that the state remembers; without gradient */
    step(parameters: Parameters, state: State, stream: Tensor): { out: Tensor; state: State };
  };
  /** Whether `forward` draws from its `random`, so that no step of a training is a replay of another. */
  draws: boolean;
}

/** How tokens enter the stream of a backbone, and what is read out of it. */
export interface Ends {
  initIn(random: RandomStream): ParameterValues;
  initOut(random: RandomStream): ParameterValues;
  /** tokens [B L …] → stream [B L d_model] */
  readIn(parameters: Parameters, tokens: Tensor): Tensor;
  /** normed stream [B L d_model] → [B L …] */
  readOut(parameters: Parameters, normed: Tensor): Tensor;
}

/**
 * A sequence model. Over vectors it reads interleaved prompts x_1, y_1, x_2, y_2, …, and its shapes are those given
 * here; over the tokens of a language see tokens.ts.
 * Notation: B prompts, L tokens, n_dims components a token.
 */
export interface SequenceModel {
  /** Draws the published initialisation. */
  init(random: RandomStream): ParameterValues;
  /** tokens [B L n_dims] → one scalar a token, [B L]; causal. */
  forward(parameters: Parameters, tokens: Tensor, options?: ForwardOptions): Tensor;
  /** The decoder at the end of `forward`, for probing: residual stream [B L d_model] → [B L]. */
  readOut(parameters: Parameters, residual: Tensor): Tensor;
  /** The token-by-token form; absent where its memory would grow. */
  recurrent?: RecurrentModel;
  /** Whether `forward` draws from its `random`, so that no step of a training is a replay of another. */
  draws?: boolean;
}

/** A sequence model that reads token by token, in memory that does not grow with their number. */
export interface RecurrentModel {
  /** The state of `batch` prompts before their first token. */
  initialState(batch: number): State;
  /** token [B n_dims] → what `forward` gives at that token, [B]; for evaluation, without gradient. */
  step(parameters: Parameters, state: State, token: Tensor): { out: Tensor; state: State };
}
