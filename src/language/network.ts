import type { Tensor } from '@tensorflow/tfjs-core';
import type { Need, Weights } from './weights.ts';

/** What a layer remembers of the tokens before a pass, by name, and what replaces it. */
export interface Memory {
  /** Undefined before the first token. */
  recall(name: string): Tensor | undefined;
  keep(name: string, value: Tensor): void;
}

/**
 * Tokens of B prompts that go through a network together, L of each, after `past` others. Prompts of unequal
 * length end together: before a shorter one's first token are places that count as nothing.
 */
export interface Pass {
  /** Token ids [B][L]; at places that count as nothing, any. */
  ids: readonly (readonly number[])[];
  /** Of each prompt, the place of its first token, counted from the first place of all passes. */
  first: readonly number[];
  /** Places of the passes before. */
  past: number;
  /** [B L 1]: 1 at a prompt's own tokens, 0 before them; absent where all places are tokens. */
  own: Tensor | undefined;
}

/** A layer: weights of the layer, stream [B L d_model], memory → stream [B L d_model]. */
export type Block = (weights: Weights, stream: Tensor, memory: Memory, layer: number) => Tensor;

/**
 * A language model as its configuration describes it, for inference: no gradients. Notation: B prompts, L tokens of
 * a pass, d_model the width of the stream.
 */
export interface Network {
  /** `model_type` in Hugging Face's configurations. */
  architecture: string;
  layers: number;
  d_model: number;
  /** Rows of the embedding and the head: padded, more than the tokenizer knows. */
  vocabulary: number;
  /** Most tokens that positions are known for; absent where there is no such limit. */
  longest?: number;
  /** Tensors by this project's names, and what of the checkpoint they are made of. */
  needs: Readonly<Record<string, Need>>;
  /** Names of tensors that published files hold besides: masks, tables, copies. */
  superfluous: readonly RegExp[];
  /** The stream that tokens enter, and the layers for this pass. */
  begin(weights: Weights, pass: Pass): { stream: Tensor; block: Block };
  /** The norm before the head. [B L d_model] → [B L d_model] */
  norm(weights: Weights, stream: Tensor): Tensor;
  /** Numbers that are remembered of a prompt of so many tokens. */
  remembered(tokens: number): number;
}

/** Places of a pass, counted from each prompt's own first token; 0 before it. */
export const positionsOf = ({ ids, first, past }: Pass): number[][] =>
  ids.map((prompt, b) => prompt.map((_, t) => Math.max(0, past + t - (first[b] ?? 0))));
