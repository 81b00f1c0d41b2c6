import { Config } from '../../checkpoints/config.ts';
import { networkOf } from '../../language/networks.ts';
import type { Network } from '../../language/network.ts';

/** Configurations of published models, as far as they decide shapes. */
const CONFIGS = {
  'mamba-130m': {
    model_type: 'mamba',
    hidden_size: 768,
    num_hidden_layers: 24,
    intermediate_size: 1536,
    state_size: 16,
    conv_kernel: 4,
    time_step_rank: 48,
    vocab_size: 50_280,
  },
  'pythia-160m': {
    model_type: 'gpt_neox',
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    vocab_size: 50_304,
    rotary_pct: 0.25,
    rotary_emb_base: 10_000,
  },
};

export type PublishedShape = keyof typeof CONFIGS;

export const PUBLISHED_SHAPES = Object.keys(CONFIGS) as PublishedShape[];

export const publishedConfig = (shape: PublishedShape): Config => new Config(shape, CONFIGS[shape]);

/** Stored as published: Pythia has a head of its own. */
export const publishedNetwork = (shape: PublishedShape): Network =>
  networkOf(publishedConfig(shape), (name) => name === 'embed_out.weight');
