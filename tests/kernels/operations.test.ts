import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from './backends.ts';
import { lstmCases } from './lstm.cases.ts';
import { otherCases } from './other.cases.ts';
import { rwkv4Cases } from './rwkv4.cases.ts';
import { s4dCases } from './s4d.cases.ts';
import { scanCases } from './selective-scan.cases.ts';
import { drawArrays, expectClose, finiteDifferences, runWithGradients } from './support.ts';
import type { Arrays } from './support.ts';
import type { OperationCase } from './case.ts';

const cases: OperationCase[] = [
  ...scanCases,
  ...otherCases,
  ...s4dCases,
  ...rwkv4Cases,
  ...lstmCases,
];

const operationOf = ({ name }: OperationCase) => name.split(' ')[0];

function drawn({ shapes, prepare, reference }: OperationCase) {
  const raw = drawArrays(shapes, 7);
  const arrays = prepare ? prepare(raw) : raw;
  const golden = reference(arrays);
  const dOut = drawArrays({ dOut: [golden.length] }, 8).dOut!;
  return { arrays, golden, dOut };
}

const cost = ({ arrays, dOut }: { arrays: Arrays; dOut: Float64Array }): number =>
  dOut.length * Object.values(arrays).reduce((sum, values) => sum + values.length, 0);

describe('float64 references', () => {
  const small = cases.filter((operation) => cost(drawn(operation)) < 100_000);

  it('each operation has a shape small enough for finite differences', () => {
    expect(new Set(small.map(operationOf))).toEqual(new Set(cases.map(operationOf)));
  });

  it.each(small)('$name: backward agrees with finite differences', (operation) => {
    const { arrays, dOut } = drawn(operation);
    const differences = finiteDifferences(operation.reference, arrays, dOut);
    expectClose(differences, operation.gradient(arrays, dOut), 1e-6);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open(backend);
  });
  afterAll(async () => runtime.close());

  it.each(cases)('$name', async (operation) => {
    const { arrays, golden, dOut } = drawn(operation);
    const { out, gradients } = await runWithGradients(operation, arrays, dOut);
    expectClose({ out }, { out: golden }, 1e-5);
    expectClose(gradients, operation.gradient(arrays, dOut), 1e-4);
    runtime.check();
  });

  const second = [...new Set(cases.map(operationOf))].map(
    (operation) => cases.filter((one) => operationOf(one) === operation)[1]!,
  );

  it.each(second)('$name: neither NaN nor infinity is lost', async (operation) => {
    for (const name of Object.keys(operation.shapes)) {
      for (const poison of operation.poisons ?? [NaN, Infinity, -Infinity]) {
        const { arrays, dOut } = drawn(operation);
        arrays[name]![0] = poison;
        const { out, gradients } = await runWithGradients(operation, arrays, dOut);
        const golden: Record<string, Float64Array | undefined> = {
          out: operation.reference(arrays),
          ...operation.gradient(arrays, dOut),
        };
        for (const [key, values] of Object.entries({ out, ...gradients })) {
          const lost = values.findIndex(
            (x, i) => Number.isFinite(x) && !Number.isFinite(golden[key]?.[i] ?? 0),
          );
          expect(lost, `where ${poison} in ${name} is lost on its way to ${key}`).toBe(-1);
        }
      }
    }
  });

  it.each(second)('$name: leaves no tensor behind', async (operation) => {
    const { arrays, dOut } = drawn(operation);
    await runWithGradients(operation, arrays, dOut);
    const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
    await runWithGradients(operation, arrays, dOut);
    expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
  });
});
