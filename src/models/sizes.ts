import type { ModelConfig, ModelName } from './index.ts';

/** A configuration without `n_dims`, which the task decides. */
type Configs = { [Name in ModelName]: Omit<Extract<ModelConfig, { model: Name }>, 'n_dims'> };

const MAMBA = { d_state: 16, d_conv: 4, expand: 2 };
const S4D = { d_state: 64, dropout: 0.1 };

/**
 * The sizes of Garg et al. (2022), which the paper takes over: Mamba and the Transformer as published at
 * all three, S4D at `standard` (content/methods.mdx, Models). The other architectures, and S4D below, have about as
 * many parameters as those.
 */
export const SIZES: Record<'tiny' | 'small' | 'standard', Configs> = {
  tiny: {
    mamba: { model: 'mamba', d_model: 64, n_layer: 6, ...MAMBA },
    gpt2: { model: 'gpt2', d_model: 64, n_layer: 3, n_head: 2 },
    s4d: { model: 's4d', d_model: 92, n_layer: 6, ...S4D },
    rwkv4: { model: 'rwkv4', d_model: 64, n_layer: 3 },
    lstm: { model: 'lstm', d_model: 72, n_layer: 4 },
    mambaformer: { model: 'mambaformer', d_model: 64, n_layer: 3, n_head: 2, ...MAMBA },
  },
  small: {
    mamba: { model: 'mamba', d_model: 128, n_layer: 12, ...MAMBA },
    gpt2: { model: 'gpt2', d_model: 128, n_layer: 6, n_head: 4 },
    s4d: { model: 's4d', d_model: 204, n_layer: 12, ...S4D },
    rwkv4: { model: 'rwkv4', d_model: 128, n_layer: 6 },
    lstm: { model: 'lstm', d_model: 200, n_layer: 4 },
    mambaformer: { model: 'mambaformer', d_model: 128, n_layer: 6, n_head: 4, ...MAMBA },
  },
  standard: {
    mamba: { model: 'mamba', d_model: 256, n_layer: 24, ...MAMBA },
    gpt2: { model: 'gpt2', d_model: 256, n_layer: 12, n_head: 8 },
    s4d: { model: 's4d', d_model: 435, n_layer: 24, ...S4D },
    rwkv4: { model: 'rwkv4', d_model: 256, n_layer: 12 },
    lstm: { model: 'lstm', d_model: 560, n_layer: 4 },
    mambaformer: { model: 'mambaformer', d_model: 256, n_layer: 14, n_head: 8, ...MAMBA },
  },
};
