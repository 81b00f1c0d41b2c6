import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { s4dKernel } from '../../src/kernels/s4d-kernel/op.ts';
import type { S4dKernelInputs } from '../../src/kernels/s4d-kernel/op.ts';
import {
  s4dKernelGradReference,
  s4dKernelReference,
} from '../../src/kernels/s4d-kernel/reference.ts';
import type { S4dArrays } from '../../src/kernels/s4d-kernel/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { expectClose, expectEach } from './support.ts';
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

const zeros = (...shape: number[]): tf.Tensor => tf.zeros(shape);
const fitting = { log_dt: [2], log_A_real: [2, 3], A_imag: [2, 3], C: [2, 3, 2] };
const refusal = (name: keyof typeof fitting, shape: number[], message: RegExp) => ({
  what: `${name} of shape ${shape.join(' ')}`,
  run: () => {
    const shapes = Object.entries({ ...fitting, [name]: shape });
    const tensors = Object.fromEntries(shapes.map(([key, at]) => [key, zeros(...at)]));
    return s4dKernel(tensors as S4dKernelInputs, 4);
  },
  message,
});

describeOperation('s4dKernel', {
  cases: [
    s4dKernelCase([1, 1, 1]),
    s4dKernelCase([3, 2, 7]),
    s4dKernelCase([5, 4, 22]),
    s4dKernelCase([2, 32, 65]),
    s4dKernelCase([33, 3, 17]),
    s4dKernelCase([4, 5, 6], fastValues),
    s4dKernelCase([2, 5, 3]),
  ],
  refusals: [
    refusal('log_dt', [3], /s4dKernel log_dt: expected shape \[2\], got \[3\]/),
    refusal('log_A_real', [6], /s4dKernel log_A_real: expected shape \[· ·\], got \[6\]/),
    refusal('A_imag', [2, 4], /s4dKernel A_imag: expected shape \[2 3\], got \[2 4\]/),
    refusal('C', [2, 3], /s4dKernel C: expected shape \[2 3 2\], got \[2 3\]/),
  ],
});

describe('the float64 reference of s4dKernel', () => {
  it('of a real mode is a geometric series', () => {
    const [dt, a, c] = [0.1, 2, 3];
    const arrays = {
      log_dt: Float64Array.of(Math.log(dt)),
      log_A_real: Float64Array.of(Math.log(a)),
      A_imag: Float64Array.of(0),
      C: Float64Array.of(c, 0),
    };
    // 2 C (1 - exp(-Δa)) / a · exp(-Δa l).
    const first = (2 * c * (1 - Math.exp(-dt * a))) / a;
    const golden = [0, 1, 2, 3].map((l) => first * Math.exp(-dt * a * l));
    expectEach(s4dKernelReference(arrays, 4), golden, 1e-12);
  });

  it('of a mode that hardly decays is a sampled cosine', () => {
    const [dt, frequency] = [1e-3, 50];
    const arrays = {
      log_dt: Float64Array.of(Math.log(dt)),
      log_A_real: Float64Array.of(-30),
      A_imag: Float64Array.of(frequency),
      C: Float64Array.of(1, 0),
    };
    const K = s4dKernelReference(arrays, 100);
    // The integral over a step of 2 cos(frequency t).
    const golden = Array.from({ length: 100 }, (_, l) => {
      const at = (t: number) => Math.sin(frequency * t);
      return (2 * (at((l + 1) * dt) - at(l * dt))) / frequency;
    });
    expectEach(K, golden, 1e-8, 1e-3);
  });

  it('keeps its precision where a step is tiny', () => {
    const arrays = {
      log_dt: Float64Array.of(Math.log(1e-12)),
      log_A_real: Float64Array.of(0),
      A_imag: Float64Array.of(1),
      C: Float64Array.of(1, 0),
    };
    expectEach(s4dKernelReference(arrays, 1), [2e-12], 1e-9);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const kernel = async (values: S4dArrays, modes: number, length: number) => {
    const channels = values.log_dt.length;
    const inputs = {
      log_dt: toTensor(values.log_dt, [channels]),
      log_A_real: toTensor(values.log_A_real, [channels, modes]),
      A_imag: toTensor(values.A_imag, [channels, modes]),
      C: toTensor(values.C, [channels, modes, 2]),
    };
    return [...(await s4dKernel(inputs, length).data())];
  };
  const one = (log_dt: number, log_A_real: number, A_imag: number): S4dArrays => ({
    log_dt: Float64Array.of(log_dt).map(Math.fround),
    log_A_real: Float64Array.of(log_A_real).map(Math.fround),
    A_imag: Float64Array.of(A_imag).map(Math.fround),
    C: Float64Array.of(1, 0.5),
  });

  it('s4dKernel is linear in C', async () => {
    const values = one(-3, 0, 2);
    const doubled = { ...values, C: values.C.map((x) => 2 * x) };
    const [once, twice] = [await kernel(values, 1, 9), await kernel(doubled, 1, 9)];
    expectClose({ twice }, { twice: once.map((x) => 2 * x) }, 1e-6);
  });

  it('s4dKernel of a mode that is gone within a step has its first lag only', async () => {
    const K = await kernel(one(3, 3, 1), 1, 5);
    expect(K[0]).not.toBe(0);
    expectEach(K.slice(1), [0, 0, 0, 0], 1e-10, 1);
  });

  it.each([-20, -12, -7])('s4dKernel keeps its digits with a step of e^%i', async (log_dt) => {
    const values = one(log_dt, 0, 3);
    expectClose({ K: await kernel(values, 1, 3) }, { K: s4dKernelReference(values, 3) }, 1e-5);
  });

  it('s4dKernel treats channels apart', async () => {
    const [a, b] = [one(-3, 0, 2), one(-2, 0.5, 5)];
    const join = (name: keyof S4dArrays) => Float64Array.of(...a[name], ...b[name]);
    const both = {
      log_dt: join('log_dt'),
      log_A_real: join('log_A_real'),
      A_imag: join('A_imag'),
      C: join('C'),
    };
    const [ofA, ofB] = [await kernel(a, 1, 4), await kernel(b, 1, 4)];
    const together = await kernel(both, 1, 4);
    expectClose({ together }, { together: ofA.flatMap((x, l) => [x, ofB[l]!]) }, 1e-6);
  });
});
