import type { Config } from '../checkpoints/config.ts';
import { dense, headsOf, needsOf, normed, table } from './needs.ts';
import type { Needs } from './needs.ts';
import type { Network } from './network.ts';
import { headTensor, turning } from './settings.ts';
import { activation, transformer } from './transformer.ts';

/** LLaMA: RMS norms, gated MLP, heads of keys and values shared by several of queries. */
export function llama(config: Config, stored: (name: string) => boolean): Network {
  const layers = config.count('num_hidden_layers');
  const d_model = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const groups = config.count('num_key_value_heads', { missing: heads });
  const vocabulary = config.count('vocab_size');
  const head = config.count('head_dim', { missing: d_model / heads });
  headsOf(config, heads, groups);
  const sizes = {
    d_model,
    ofQueries: heads * head,
    ofKeys: groups * head,
    wide: config.count('intermediate_size'),
    bias: config.boolean('attention_bias', { missing: false }),
    mlpBias: config.boolean('mlp_bias', { missing: false }),
  };
  const embedding = 'model.embed_tokens.weight';
  const output = headTensor(config, stored, { embedding, head: 'lm_head.weight', usually: false });
  const ends = [
    ...table('embedding', embedding, vocabulary, d_model),
    ...(output === embedding ? [] : table('head', output, vocabulary, d_model)),
    ...normed('norm', 'model.norm', d_model, false),
  ];
  return transformer({
    architecture: 'llama',
    layers,
    d_model,
    vocabulary,
    heads,
    groups,
    head,
    epsilon: config.number('rms_norm_eps', { missing: 1e-6 }),
    rms: true,
    rotary: {
      ...turning(config, head, { name: 'partial_rotary_factor', missing: 1 }),
      style: 'halves',
    },
    parallel: false,
    activation: activation(config, 'hidden_act', 'silu'),
    gated: true,
    superfluous: [/\.rotary_emb\.inv_freq$/, /^lm_head\.weight$/],
    needs: needsOf(layers, ends, (layer) => ofLayer(layer, sizes)),
  });
}

interface LayerSizes {
  d_model: number;
  /** Components of all heads of queries, and of those of keys. */
  ofQueries: number;
  ofKeys: number;
  wide: number;
  bias: boolean;
  mlpBias: boolean;
}

function ofLayer(layer: number, sizes: LayerSizes): Needs {
  const { d_model, ofQueries, ofKeys, wide, bias, mlpBias } = sizes;
  const at = `model.layers.${layer}`;
  const parts = ['q_proj', 'k_proj', 'v_proj'].map((name) => `${at}.self_attn.${name}`);
  const rows = [ofQueries, ofKeys, ofKeys].map((count) => [count, d_model] as const);
  const gates = ['gate_proj', 'up_proj'].map((name) => `${at}.mlp.${name}`);
  const up = [wide, d_model] as const;
  return [
    ...normed('norm1', `${at}.input_layernorm`, d_model, false),
    ...dense('qkv', parts, rows, bias),
    ...dense('out', `${at}.self_attn.o_proj`, [[d_model, ofQueries]], bias),
    ...normed('norm2', `${at}.post_attention_layernorm`, d_model, false),
    ...dense('up', gates, [up, up], mlpBias),
    ...dense('down', `${at}.mlp.down_proj`, [[d_model, wide]], mlpBias),
  ];
}
