import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { glu, sigmoidGate, squaredRelu } from '../../src/kernels/gates/op.ts';
import {
  gluGradReference,
  gluReference,
  sigmoidGateGradReference,
  sigmoidGateReference,
  squaredReluGradReference,
  squaredReluReference,
} from '../../src/kernels/gates/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation } from './ritual.ts';
import { expectEach, valuesAndSlopes } from './support.ts';
import type { Arrays } from './support.ts';

const stretched = ({ x }: Arrays): Arrays => ({ x: x!.map((value) => Math.fround(5 * value)) });

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

function sigmoidGateCase(...shape: number[]): OperationCase {
  type Arrays = Record<'gate' | 'x', Float64Array>;
  return {
    name: `sigmoidGate [${shape.join(' ')}]`,
    shapes: { gate: shape, x: shape },
    prepare: ({ gate, x }) => ({ gate: gate!.map((value) => Math.fround(6 * value)), x: x! }),
    run: ({ gate, x }) => sigmoidGate(gate!, x!),
    reference: (arrays) => sigmoidGateReference(arrays as Arrays),
    gradient: (arrays, dOut) => sigmoidGateGradReference(arrays as Arrays, dOut),
  };
}

function squaredReluCase(...shape: number[]): OperationCase {
  return {
    name: `squaredRelu [${shape.join(' ')}]`,
    shapes: { x: shape },
    run: ({ x }) => squaredRelu(x!),
    reference: ({ x }) => squaredReluReference(x!),
    gradient: ({ x }, dOut) => ({ x: squaredReluGradReference(x!, dOut) }),
  };
}

describeOperation('glu', {
  cases: [
    gluCase([1], 1),
    gluCase([2, 3], 5),
    gluCase([67], 64),
    gluCase([7], 2),
    gluCase([1], 63),
    gluCase([3], 65),
    gluCase([2, 2, 2], 3),
  ],
  refusals: [
    {
      what: 'an odd last axis',
      run: () => glu(tf.zeros([2, 5])),
      message: /glu x: expected an even last axis, got 5; add a column/,
    },
  ],
});

describeOperation('sigmoidGate', {
  cases: [
    sigmoidGateCase(1),
    sigmoidGateCase(3, 43),
    sigmoidGateCase(2),
    sigmoidGateCase(63),
    sigmoidGateCase(65),
    sigmoidGateCase(2, 3, 5),
  ],
  refusals: [
    {
      what: 'a gate of another shape',
      run: () => sigmoidGate(tf.zeros([2, 3]), tf.zeros([3, 2])),
      message: /sigmoidGate gate: expected shape \[3 2\], got \[2 3\]/,
    },
    {
      what: 'a gate that would have to be repeated',
      run: () => sigmoidGate(tf.zeros([1, 3]), tf.zeros([2, 3])),
      message: /sigmoidGate gate: expected shape \[2 3\], got \[1 3\]/,
    },
  ],
});

describeOperation('squaredRelu', {
  cases: [
    squaredReluCase(1),
    squaredReluCase(2, 3, 65),
    squaredReluCase(3),
    squaredReluCase(64),
    squaredReluCase(67),
    squaredReluCase(1, 257),
  ],
});

describe('the float64 references of gates', () => {
  it('know where a row has its values and where its gates', () => {
    // Two rows of values 1 2, gates 0 ln 3, then values 3 4, gates -ln 3, 0: gates open by 1/2, 3/4, 1/4, 1/2.
    const log3 = Math.log(3);
    const x = Float64Array.of(1, 2, 0, log3, 3, 4, -log3, 0);
    expectEach(gluReference(x, 2), [0.5, 1.5, 0.75, 2], 1e-12);
    const slopes = gluGradReference(x, 2, Float64Array.of(1, 1, 1, 1));
    expectEach(slopes, [0.5, 0.75, 0.25, 0.375, 0.25, 0.5, 0.5625, 1], 1e-12);
  });

  it('agree with each other', () => {
    const [gate, x] = [Float64Array.of(-3, 0.2, 5), Float64Array.of(2, -1, 0.5)];
    expect(gluReference(Float64Array.of(...x, ...gate), 3)).toEqual(
      sigmoidGateReference({ gate, x }),
    );
  });

  it('square what is positive', () => {
    const x = Float64Array.of(-2, -0, 0, 0.5, 3);
    expect([...squaredReluReference(x)]).toEqual([0, 0, 0, 0.25, 9]);
    expect([
      ...squaredReluGradReference(
        x,
        x.map(() => 2),
      ),
    ]).toEqual([0, 0, 0, 2, 12]);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it.each([30, 88, 100, 1e4])('sigmoidGate with gates of ±%f is open or shut', async (gate) => {
    const apply = (gates: tf.Tensor) => sigmoidGate(gates, tf.tensor1d([7, 7]));
    const { values, slopes } = await valuesAndSlopes(apply, [-gate, gate]);
    expectEach(values, [7 / (1 + Math.exp(gate)), 7], 1e-5, 1e-12);
    expectEach(slopes, [7 / (1 + Math.exp(gate)), 0], 1e-5, 1e-6);
  });

  it.each([30, 100])('glu with gates of ±%f is open or shut', async (gate) => {
    const apply = (x: tf.Tensor) => glu(tf.reshape(x, [2, 2]));
    const { values, slopes } = await valuesAndSlopes(apply, [5, gate, 5, -gate]);
    expectEach(values, [5, 0], 1e-5, 1e-5);
    expectEach(slopes, [1, 0, 0, 0], 1e-5, 1e-5);
  });

  it('squaredRelu is exact where squares are', async () => {
    const xs = [-1e20, -3, -0, 0, 1, 3, 2 ** 40];
    const { values, slopes } = await valuesAndSlopes(squaredRelu, xs);
    expect(values.map((value) => value + 0)).toEqual([0, 0, 0, 0, 1, 9, 2 ** 80]);
    expect(slopes.map((value) => value + 0)).toEqual([0, 0, 0, 0, 2, 6, 2 ** 41]);
  });

  it('a gate at zero is half open, to the bit', async () => {
    const { values } = await valuesAndSlopes((x) => sigmoidGate(tf.zerosLike(x), x), [1, -3, 1e-3]);
    expectEach(values, [0.5, -1.5, Math.fround(1e-3) / 2], 1e-7);
  });
});
