import type { RandomStream } from '../numerics/random.ts';
import type { Architecture } from './architecture.ts';
import { attend, checkHeads, initAttention } from './gpt2.ts';
import { initMambaBlock, initMambaNorm, mambaBlock, mambaEnds, mambaNorm } from './mamba.ts';
import type { MambaBlockConfig } from './mamba.ts';
import type { Backbone, ParameterValues, SequenceModel } from './model.ts';
import { stack } from './stack.ts';
import { vectorModel } from './vectors.ts';
import type { VectorConfig } from './vectors.ts';

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
  d_model: number;
  /** Pairs of attention and Mamba, after the first Mamba block. */
  n_layer: number;
  n_head: number;
  d_state: number;
  d_conv: number;
  expand: number;
};

export const mambaformer = (config: MambaFormerConfig & VectorConfig): SequenceModel =>
  vectorModel(backbone(config), mambaEnds(config));

const BLOCK = { d_state: 16, d_conv: 4, expand: 2 };

export const MAMBAFORMER: Architecture<MambaFormerConfig> = {
  backbone,
  sizes: {
    tiny: { model: 'mambaformer', d_model: 64, n_layer: 3, n_head: 2, ...BLOCK },
    small: { model: 'mambaformer', d_model: 128, n_layer: 6, n_head: 4, ...BLOCK },
    standard: { model: 'mambaformer', d_model: 256, n_layer: 14, n_head: 8, ...BLOCK },
  },
  parameterCounts: { tiny: 182_593, small: 1_217_025, standard: 10_267_649 },
};

/** @public found by its name, as what nodes are given */
export function backbone(config: MambaFormerConfig): Backbone {
  checkHeads(config);
  return stack({
    n_layer: config.n_layer,
    init: (random) => init(config, random),
    enter: (p, stream) => mambaBlock(config, p, block(0), stream, {}),
    layer: (p, index, stream) => {
      const attended = attend(config.n_head, p, block(2 * index + 1), stream);
      return mambaBlock(config, p, block(2 * index + 2), attended, {});
    },
    norm: mambaNorm,
  });
}

const block = (index: number): string => `backbone.layers.${index}`;

function init(config: MambaFormerConfig, random: RandomStream): ParameterValues {
  const blocks = 2 * config.n_layer + 1;
  const mamba: MambaBlockConfig = { ...config, n_layer: blocks };
  const values: ParameterValues = {};
  for (let i = 0; i < blocks; i++) {
    const drawn =
      i % 2 === 0
        ? initMambaBlock(mamba, random.fork(i), block(i))
        : initAttention(config, random.fork(i), block(i));
    Object.assign(values, drawn);
  }
  return { ...values, ...initMambaNorm(config.d_model) };
}
