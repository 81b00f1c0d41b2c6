import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalAttention } from '../kernels/attention/op.ts';
import { splitColumns } from '../kernels/columns/op.ts';
import { gelu } from '../kernels/gelu/op.ts';
import { rotary, rotaryTable } from '../kernels/rotary/op.ts';
import { checkHeads, conv1d, init } from './gpt2.ts';
import type { Gpt2Config } from './gpt2.ts';
import type { Backbone, Parameters } from './model.ts';
import { norm } from './norm.ts';
import { stack } from './stack.ts';

/**
 * The Transformer of gpt2.ts with rotary positions (Su et al. 2021): queries and keys turn by their token's place,
 * in all components of a head, as in LLaMA. Parameters, their names and letters are those of gpt2.ts.
 */
export type Gpt2RotaryConfig = Omit<Gpt2Config, 'model'> & { model: 'gpt2-rotary' };

const BASE = 10_000;

export function backbone(config: Gpt2RotaryConfig): Backbone {
  const { d_model, n_layer, n_head } = config;
  checkHeads(config);
  const head = d_model / n_head;
  if (head % 2 !== 0) {
    throw new Error(
      `gpt2-rotary config: expected heads of an even width, as components turn in pairs, got ${head}; change d_model or n_head`,
    );
  }
  const withTable = (table?: Tensor): Backbone =>
    stack({
      n_layer,
      init: (random) => init({ ...config, model: 'gpt2' }, random),
      layer: (p, index, stream) => block(n_head, table!, p, `_backbone.h.${index}`, stream),
      norm: (p, residual) => norm(p, '_backbone.ln_f', residual),
    });
  return {
    ...withTable(),
    forward(parameters, stream, options) {
      const places = Array.from({ length: stream.shape[1] as number }, (_, place) => place);
      return withTable(rotaryTable([places], head, BASE)).forward(parameters, stream, options);
    },
  };
}

/** residual [B L d_model] → [B L d_model] */
function block(
  n_head: number,
  table: Tensor,
  p: Parameters,
  prefix: string,
  residual: Tensor,
): Tensor {
  const qkv = conv1d(p, `${prefix}.attn.c_attn`, norm(p, `${prefix}.ln_1`, residual));
  const mixed = causalAttention(turned(qkv, n_head, table), n_head);
  const attended = tf.add(residual, conv1d(p, `${prefix}.attn.c_proj`, mixed));
  const wide = conv1d(p, `${prefix}.mlp.c_fc`, norm(p, `${prefix}.ln_2`, attended)); // [B L 4·d_model]
  return tf.add(attended, conv1d(p, `${prefix}.mlp.c_proj`, gelu(wide)));
}

/** Turns queries and keys, which are heads alike, and leaves values. qkv [B L 3·d_model] → [B L 3·d_model] */
function turned(qkv: Tensor, n_head: number, table: Tensor): Tensor {
  const d_model = (qkv.shape[2] as number) / 3;
  const [qk, v] = splitColumns(qkv, [2 * d_model, d_model]) as [Tensor, Tensor];
  return tf.concat([rotary(qk, table, 2 * n_head, 'halves'), v], 2);
}
