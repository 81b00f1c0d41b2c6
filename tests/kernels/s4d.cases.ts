import { glu } from '../../src/kernels/gates/op.ts';
import { gluGradReference, gluReference } from '../../src/kernels/gates/reference.ts';
import { geluExact } from '../../src/kernels/gelu-exact/op.ts';
import {
  geluExactGradReference,
  geluExactReference,
} from '../../src/kernels/gelu-exact/reference.ts';
import { longConv } from '../../src/kernels/long-conv/op.ts';
import { longConvGradReference, longConvReference } from '../../src/kernels/long-conv/reference.ts';
import type { LongConvArrays } from '../../src/kernels/long-conv/reference.ts';
import { s4dKernel } from '../../src/kernels/s4d-kernel/op.ts';
import type { S4dKernelInputs } from '../../src/kernels/s4d-kernel/op.ts';
import {
  s4dKernelGradReference,
  s4dKernelReference,
} from '../../src/kernels/s4d-kernel/reference.ts';
import type { S4dArrays } from '../../src/kernels/s4d-kernel/reference.ts';
import type { OperationCase } from './case.ts';
import type { Arrays } from './support.ts';

/** Steps from 1e-3 to 1e-1 and frequencies around those of the initialisation. */
const s4dValues =
  (modes: number) =>
  ({ log_dt, log_A_real, A_imag, C }: Arrays): Arrays => ({
    log_dt: log_dt!.map((x) => Math.fround(-4.6 + 2 * x)),
    log_A_real: log_A_real!.map((x) => Math.fround(-0.7 + x)),
    A_imag: A_imag!.map((x, i) => Math.fround(Math.PI * (i % modes) + x)),
    C: C!,
  });

/** Modes that turn around more than once a step. */
const fastValues = ({ log_dt, log_A_real, A_imag, C }: Arrays): Arrays => ({
  log_dt: log_dt!.map((x) => Math.fround(-2 + x / 2)),
  log_A_real: log_A_real!,
  A_imag: A_imag!.map((x) => Math.fround(60 * x)),
  C: C!,
});

function s4dKernelCase(
  [channels, modes, length]: readonly [number, number, number],
  prepare = s4dValues(modes),
): OperationCase {
  return {
    name: `s4dKernel H${channels} M${modes} L${length}`,
    shapes: {
      log_dt: [channels],
      log_A_real: [channels, modes],
      A_imag: [channels, modes],
      C: [channels, modes, 2],
    },
    prepare,
    run: (tensors) => s4dKernel(tensors as S4dKernelInputs, length),
    reference: (arrays) => s4dKernelReference(arrays as unknown as S4dArrays, length),
    gradient: (arrays, dOut) => ({
      ...s4dKernelGradReference(arrays as unknown as S4dArrays, length, dOut),
    }),
  };
}

function longConvCase(...[batch, length, channels]: [number, number, number]): OperationCase {
  return {
    name: `longConv B${batch} L${length} H${channels}`,
    shapes: { u: [batch, length, channels], K: [length, channels], D: [channels] },
    run: ({ u, K, D }) => longConv(u!, K!, D!),
    reference: (arrays) => longConvReference(arrays as unknown as LongConvArrays),
    gradient: (arrays, dOut) => ({
      ...longConvGradReference(arrays as unknown as LongConvArrays, dOut),
    }),
  };
}

const stretched = ({ x }: Arrays): Arrays => ({ x: x!.map((value) => Math.fround(5 * value)) });

function geluExactCase(...shape: number[]): OperationCase {
  return {
    name: `geluExact [${shape.join(' ')}]`,
    shapes: { x: shape },
    prepare: stretched,
    run: ({ x }) => geluExact(x!),
    reference: ({ x }) => geluExactReference(x!),
    gradient: ({ x }, dOut) => ({ x: geluExactGradReference(x!, dOut) }),
  };
}

function gluCase(lead: readonly number[], size: number): OperationCase {
  return {
    name: `glu [${lead.join(' ')}] 2·${size}`,
    shapes: { x: [...lead, 2 * size] },
    prepare: stretched,
    run: ({ x }) => glu(x!),
    reference: ({ x }) => gluReference(x!, size),
    gradient: ({ x }, dOut) => ({ x: gluGradReference(x!, size, dOut) }),
  };
}

export const s4dCases: OperationCase[] = [
  s4dKernelCase([1, 1, 1]),
  s4dKernelCase([3, 2, 7]),
  s4dKernelCase([5, 4, 22]),
  s4dKernelCase([2, 32, 65]),
  s4dKernelCase([33, 3, 17]),
  s4dKernelCase([4, 5, 6], fastValues),
  longConvCase(1, 1, 1),
  longConvCase(2, 5, 3),
  longConvCase(2, 4, 5),
  longConvCase(1, 67, 9),
  longConvCase(3, 22, 24),
  geluExactCase(1),
  geluExactCase(3, 43),
  gluCase([1], 1),
  gluCase([2, 3], 5),
  gluCase([67], 64),
];
