import { causalAttention } from '../../src/kernels/attention/op.ts';
import {
  attentionGradReference,
  attentionReference,
} from '../../src/kernels/attention/reference.ts';
import { causalConvSilu } from '../../src/kernels/causal-conv/op.ts';
import {
  convSiluGradReference,
  convSiluReference,
} from '../../src/kernels/causal-conv/reference.ts';
import { gelu } from '../../src/kernels/gelu/op.ts';
import { geluGradReference, geluReference } from '../../src/kernels/gelu/reference.ts';
import { linear } from '../../src/kernels/linear/op.ts';
import type { WeightLayout } from '../../src/kernels/linear/op.ts';
import { linearGradReference, linearReference } from '../../src/kernels/linear/reference.ts';
import { layerNorm, rmsNorm } from '../../src/kernels/norm/op.ts';
import { normGradReference, normReference } from '../../src/kernels/norm/reference.ts';
import type { OperationCase } from './case.ts';

type Named<Keys extends string> = Record<Keys, Float64Array>;

function attentionCase(
  [batch, length, width]: readonly [number, number, number],
  heads: number,
): OperationCase {
  const shape = { batch, length, width, heads };
  return {
    name: `causalAttention B${batch} L${length} D${width} heads ${heads}`,
    shapes: { qkv: [batch, length, 3 * width] },
    prepare: ({ qkv }) => ({ qkv: qkv!.map((x) => Math.fround(2 * x)) }),
    run: ({ qkv }) => causalAttention(qkv!, heads),
    reference: ({ qkv }) => attentionReference(shape, qkv!),
    gradient: ({ qkv }, dOut) => ({ qkv: attentionGradReference(shape, qkv!, dOut) }),
  };
}

function convCase(
  [batch, length, channels]: readonly [number, number, number],
  width: number,
): OperationCase {
  type Arrays = Named<'x' | 'weight' | 'bias'>;
  return {
    name: `causalConvSilu B${batch} L${length} D${channels} K${width}`,
    shapes: { x: [batch, length, channels], weight: [channels, width], bias: [channels] },
    run: ({ x, weight, bias }) => causalConvSilu(x!, weight!, bias!),
    reference: (arrays) => convSiluReference(arrays as Arrays, length),
    gradient: (arrays, dOut) => ({ ...convSiluGradReference(arrays as Arrays, length, dOut) }),
  };
}

function normCase(lead: readonly number[], size: number, centred: boolean): OperationCase {
  type Arrays = Named<'x' | 'weight' | 'bias'>;
  const bias = centred ? { bias: [size] } : {};
  // Of one or two values nothing is left but the rounding of ε, unless it is large.
  const epsilon = size > 2 ? 1e-5 : 0.5;
  return {
    name: `${centred ? 'layerNorm' : 'rmsNorm'} [${lead.join(' ')}] D${size}`,
    shapes: { x: [...lead, size], weight: [size], ...bias },
    run: ({ x, weight, bias }) =>
      bias ? layerNorm(x!, weight!, bias, epsilon) : rmsNorm(x!, weight!, epsilon),
    reference: (arrays) => normReference(arrays as Arrays, epsilon),
    gradient: (arrays, dOut) => ({ ...normGradReference(arrays as Arrays, epsilon, dOut) }),
  };
}

function linearCase(
  lead: readonly number[],
  [nIn, nOut]: readonly [number, number],
  layout: WeightLayout,
  hasBias: boolean,
): OperationCase {
  type Arrays = Named<'x' | 'weight' | 'bias'>;
  const shape = { nIn, nOut, layout };
  const bias = hasBias ? { bias: [nOut] } : {};
  return {
    name: `linear [${lead.join(' ')}] ${nIn} → ${nOut} ${layout}${hasBias ? ' bias' : ''}`,
    shapes: {
      x: [...lead, nIn],
      weight: layout === 'out_in' ? [nOut, nIn] : [nIn, nOut],
      ...bias,
    },
    run: ({ x, weight, bias }) => linear(x!, weight!, bias, layout),
    reference: (arrays) => linearReference(arrays as Arrays, shape),
    gradient: (arrays, dOut) => ({ ...linearGradReference(arrays as Arrays, shape, dOut) }),
  };
}

function geluCase(...shape: number[]): OperationCase {
  return {
    name: `gelu [${shape.join(' ')}]`,
    shapes: { x: shape },
    prepare: ({ x }) => ({ x: x!.map((value) => Math.fround(5 * value)) }),
    run: ({ x }) => gelu(x!),
    reference: ({ x }) => geluReference(x!),
    gradient: ({ x }, dOut) => ({ x: geluGradReference(x!, dOut) }),
  };
}

export const otherCases: OperationCase[] = [
  attentionCase([1, 1, 1], 1),
  attentionCase([2, 37, 8], 2),
  attentionCase([2, 7, 6], 2),
  attentionCase([1, 65, 3], 1),
  attentionCase([1, 67, 4], 1),
  attentionCase([1, 35, 68], 1),
  attentionCase([2, 33, 20], 4),
  convCase([1, 1, 1], 1),
  convCase([2, 3, 5], 4),
  convCase([1, 67, 7], 3),
  convCase([2, 16, 65], 4),
  normCase([1], 1, false),
  normCase([2, 5], 3, false),
  normCase([65], 64, false),
  normCase([3], 131, false),
  normCase([1], 2, true),
  normCase([2, 5], 7, true),
  normCase([67], 65, true),
  linearCase([1], [1, 1], 'out_in', false),
  linearCase([2, 3], [5, 7], 'out_in', true),
  linearCase([65], [4, 16], 'in_out', true),
  linearCase([2, 17], [33, 8], 'in_out', false),
  linearCase([13], [31, 1], 'out_in', false),
  geluCase(1),
  geluCase(3, 43),
];
