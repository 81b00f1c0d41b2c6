import type { Config } from '../checkpoints/config.ts';
import { dense, headsOf, needsOf, normed, table } from './needs.ts';
import type { Needs } from './needs.ts';
import type { Network } from './network.ts';
import { headTensor } from './settings.ts';
import { activation, transformer } from './transformer.ts';

/** GPT-J: one norm for attention and MLP, pairs of neighbours turn, a head with a bias. */
export function gptJ(config: Config, stored: (name: string) => boolean): Network {
  const layers = config.count('n_layer', { aliases: ['num_hidden_layers'] });
  const d_model = config.count('n_embd', { aliases: ['hidden_size'] });
  const heads = config.count('n_head', { aliases: ['num_attention_heads'] });
  const wide = config.count('n_inner', { missing: 4 * d_model });
  const vocabulary = config.count('vocab_size');
  const head = headsOf(config, d_model, heads);
  const embedding = 'transformer.wte.weight';
  const output = headTensor(config, stored, { embedding, head: 'lm_head.weight', usually: false });
  const bias: Needs = [['head.bias', { from: [['lm_head.bias', [vocabulary]]] }]];
  const ends = [
    ...table('embedding', embedding, vocabulary, d_model),
    ...(output === embedding ? [] : table('head', output, vocabulary, d_model)),
    ...(stored('lm_head.bias') ? bias : []),
    ...normed('norm', 'transformer.ln_f', d_model),
  ];
  return transformer({
    architecture: 'gptj',
    layers,
    d_model,
    vocabulary,
    heads,
    groups: heads,
    head,
    epsilon: config.number('layer_norm_epsilon', { missing: 1e-5 }),
    rms: false,
    rotary: {
      base: 10_000,
      rotated: config.count('rotary_dim', { missing: head }),
      style: 'pairs',
    },
    parallel: true,
    activation: activation(config, 'activation_function', 'gelu_new'),
    gated: false,
    superfluous: [/\.attn\.(bias|masked_bias)$/, /^lm_head\.weight$/],
    needs: needsOf(layers, ends, (layer) => {
      const at = `transformer.h.${layer}`;
      const parts = ['q_proj', 'k_proj', 'v_proj'].map((name) => `${at}.attn.${name}`);
      const square = [d_model, d_model] as const;
      return [
        ...normed('norm1', `${at}.ln_1`, d_model),
        ...dense('qkv', parts, [square, square, square], false),
        ...dense('out', `${at}.attn.out_proj`, [square], false),
        ...dense('up', `${at}.mlp.fc_in`, [[wide, d_model]]),
        ...dense('down', `${at}.mlp.fc_out`, [[d_model, wide]]),
      ];
    }),
  });
}
