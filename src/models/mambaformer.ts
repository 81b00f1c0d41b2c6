import type { RandomStream } from '../numerics/random.ts';
import { attend, initAttention } from './gpt2.ts';
import { initMambaBlock, initReadIn, initReadOut, mambaBlock, readIn, readOut } from './mamba.ts';
import type { MambaBlockConfig } from './mamba.ts';
import type { ParameterValues, SequenceModel } from './model.ts';

/**
 * MambaFormer (Park et al. 2024): a Mamba block, in place of positions, then layers of causal attention
 * followed by a Mamba block, in place of the MLP. Letters as in mamba.ts and gpt2.ts.
 *
 * Parameters are named as in Mamba: `backbone.layers.0` is the first block; layer l of n_layer is
 * `backbone.layers.{2l+1}`, attention under GPT-2's names (`ln_1`, `attn.c_attn`, `attn.c_proj`), and
 * `backbone.layers.{2l+2}`, Mamba (`norm`, `mixer.*`).
 */
export type MambaFormerConfig = {
  model: 'mambaformer';
  n_dims: number;
  d_model: number;
  /** Pairs of attention and Mamba, after the first Mamba block. */
  n_layer: number;
  n_head: number;
  d_state: number;
  d_conv: number;
  expand: number;
};

export function mambaformer(config: MambaFormerConfig): SequenceModel {
  if (config.d_model % config.n_head !== 0) {
    throw new Error(
      `mambaformer config: expected d_model divisible by n_head, got ${config.d_model} and ${config.n_head}; change one`,
    );
  }
  return {
    init: (random) => init(config, random),
    readOut,
    forward: (parameters, tokens, { observe } = {}) => {
      let residual = readIn(parameters, tokens);
      residual = mambaBlock(config, parameters, block(0), residual);
      for (let layer = 0; layer < config.n_layer; layer++) {
        residual = attend(config.n_head, parameters, block(2 * layer + 1), residual);
        residual = mambaBlock(config, parameters, block(2 * layer + 2), residual);
        observe?.(`block.${layer}`, residual);
      }
      return readOut(parameters, residual);
    },
  };
}

const block = (index: number): string => `backbone.layers.${index}`;

function init(config: MambaFormerConfig, random: RandomStream): ParameterValues {
  const { n_layer } = config;
  const blocks = 2 * n_layer + 1;
  const mamba: MambaBlockConfig = { ...config, n_layer: blocks };
  const values = initReadIn(config, random);
  for (let i = 0; i < blocks; i++) {
    const drawn =
      i % 2 === 0
        ? initMambaBlock(mamba, random.fork(i), block(i))
        : initAttention(config, random.fork(i), block(i));
    Object.assign(values, drawn);
  }
  return { ...values, ...initReadOut(config, random) };
}
