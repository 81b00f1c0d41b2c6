import type { Config } from '../checkpoints/config.ts';
import { dense, headsOf, needsOf, normed, table } from './needs.ts';
import type { Network } from './network.ts';
import { headTensor } from './settings.ts';
import { activation, transformer } from './transformer.ts';

/** GPT-2: learned positions, weights [in out]. */
export function gpt2(config: Config, stored: (name: string) => boolean): Network {
  const layers = config.count('n_layer', { aliases: ['num_hidden_layers'] });
  const d_model = config.count('n_embd', { aliases: ['hidden_size'] });
  const heads = config.count('n_head', { aliases: ['num_attention_heads'] });
  const longest = config.count('n_positions', { aliases: ['n_ctx', 'max_position_embeddings'] });
  const wide = config.count('n_inner', { missing: 4 * d_model });
  const vocabulary = config.count('vocab_size');
  const byLayer = config.boolean('scale_attn_by_inverse_layer_idx', { missing: false });
  const scaled = config.boolean('scale_attn_weights', { missing: true });
  const head = headsOf(config, d_model, heads);
  const root = stored('wte.weight') ? '' : 'transformer.';
  const embedding = `${root}wte.weight`;
  const output = headTensor(config, stored, { embedding, head: 'lm_head.weight', usually: true });
  const ends = [
    ...table('embedding', embedding, vocabulary, d_model),
    ...table('positions', `${root}wpe.weight`, longest, d_model),
    ...(output === embedding ? [] : table('head', output, vocabulary, d_model)),
    ...normed('norm', `${root}ln_f`, d_model),
  ];
  const transposed = { transposed: true };
  return transformer({
    architecture: 'gpt2',
    layers,
    d_model,
    vocabulary,
    longest,
    heads,
    groups: heads,
    head,
    epsilon: config.number('layer_norm_epsilon', { missing: 1e-5 }),
    rms: false,
    parallel: false,
    activation: activation(config, 'activation_function', 'gelu_new'),
    gated: false,
    scale: (layer) => (scaled ? 1 : Math.sqrt(head)) / (byLayer ? layer + 1 : 1),
    superfluous: [/\.attn\.(bias|masked_bias)$/, /^lm_head\.weight$/],
    needs: needsOf(layers, ends, (layer) => {
      const at = `${root}h.${layer}`;
      return [
        ...normed('norm1', `${at}.ln_1`, d_model),
        ...dense('qkv', `${at}.attn.c_attn`, [[d_model, 3 * d_model]], true, transposed),
        ...dense('out', `${at}.attn.c_proj`, [[d_model, d_model]], true, transposed),
        ...normed('norm2', `${at}.ln_2`, d_model),
        ...dense('up', `${at}.mlp.c_fc`, [[d_model, wide]], true, transposed),
        ...dense('down', `${at}.mlp.c_proj`, [[wide, d_model]], true, transposed),
      ];
    }),
  });
}
