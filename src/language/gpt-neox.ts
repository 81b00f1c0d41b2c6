import type { Config } from '../checkpoints/config.ts';
import { dense, headsOf, needsOf, normed, table } from './needs.ts';
import type { Needs } from './needs.ts';
import type { Network } from './network.ts';
import { headTensor, turning } from './settings.ts';
import { activation, transformer } from './transformer.ts';

/** GPT-NeoX, of which Pythia is: attention and MLP side by side. */
export function gptNeoX(config: Config, stored: (name: string) => boolean): Network {
  const layers = config.count('num_hidden_layers');
  const d_model = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const wide = config.count('intermediate_size', { missing: 4 * d_model });
  const vocabulary = config.count('vocab_size');
  const head = headsOf(config, d_model, heads);
  const bias = config.boolean('attention_bias', { missing: true });
  const parallel = config.boolean('use_parallel_residual', { missing: true });
  const embedding = 'gpt_neox.embed_in.weight';
  const output = headTensor(config, stored, {
    embedding,
    head: 'embed_out.weight',
    usually: false,
  });
  const ends = [
    ...table('embedding', embedding, vocabulary, d_model),
    ...(output === embedding ? [] : table('head', output, vocabulary, d_model)),
    ...normed('norm', 'gpt_neox.final_layer_norm', d_model),
  ];
  return transformer({
    architecture: 'gpt_neox',
    layers,
    d_model,
    vocabulary,
    heads,
    groups: heads,
    head,
    epsilon: config.number('layer_norm_eps', { missing: 1e-5 }),
    rms: false,
    rotary: { ...turning(config, head, { name: 'rotary_pct', missing: 0.25 }), style: 'halves' },
    parallel,
    activation: activation(config, 'hidden_act', 'gelu'),
    gated: false,
    superfluous: [/\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)$/, /^embed_out\.weight$/],
    needs: needsOf(layers, ends, (layer) => ofLayer(layer, { d_model, head, wide, bias })),
  });
}

interface LayerSizes {
  d_model: number;
  head: number;
  wide: number;
  bias: boolean;
}

function ofLayer(layer: number, { d_model, head, wide, bias }: LayerSizes): Needs {
  const at = `gpt_neox.layers.${layer}`;
  // Queries, keys and values of a head stand together.
  const rows = Array.from({ length: 3 * d_model }, (_, i) => {
    const [part, rest] = [Math.floor(i / d_model), i % d_model];
    return (3 * Math.floor(rest / head) + part) * head + (rest % head);
  });
  return [
    ...normed('norm1', `${at}.input_layernorm`, d_model),
    ...dense('qkv', `${at}.attention.query_key_value`, [[3 * d_model, d_model]], bias, { rows }),
    ...dense('out', `${at}.attention.dense`, [[d_model, d_model]], bias),
    ...normed('norm2', `${at}.post_attention_layernorm`, d_model),
    ...dense('up', `${at}.mlp.dense_h_to_4h`, [[wide, d_model]]),
    ...dense('down', `${at}.mlp.dense_4h_to_h`, [[d_model, wide]]),
  ];
}
