import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { BackendName, Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { drawArrays, expectClose, finiteDifferences, runWithGradients } from './support.ts';
import type { Arrays } from './support.ts';

/** A call that must throw, and what its message says. */
export interface Refusal {
  what: string;
  run: () => unknown;
  message: RegExp;
}

interface Ritual {
  /** The first is the smallest there is; the second also meets NaN and infinity. */
  cases: readonly OperationCase[];
  refusals?: readonly Refusal[];
  /** Where whole numbers are turned into floats and not refused. */
  casts?: boolean;
}

/** Programs are compiled once a shape, so that more seeds cost little. */
const SEEDS: Record<BackendName, readonly number[]> = {
  cpu: [7],
  tensorflow: [7],
  wasm: [7, 17, 27, 37],
  webgpu: [7, 17],
};

/** Where the cost of finite differences ends: values in times values out. */
const SMALL = 100_000;

/** Inputs, output and a weight for each output, of a case and a seed. */
export function drawn({ shapes, prepare, reference }: OperationCase, seed = 7) {
  const raw = drawArrays(shapes, seed);
  const arrays = prepare ? prepare(raw) : raw;
  const golden = reference(arrays);
  const dOut = drawArrays({ dOut: [golden.length] }, seed + 1).dOut!;
  return { arrays, golden, dOut };
}

const cost = ({ arrays, dOut }: { arrays: Arrays; dOut: Float64Array }): number =>
  dOut.length * Object.values(arrays).reduce((sum, values) => sum + values.length, 0);

const usage = () => ({
  tensors: tf.memory().numTensors,
  bytes: tf.memory().numBytes,
  buffers: tf.backend().numDataIds(),
});

/**
 * What every operation must hold: its float64 reference agrees with finite differences; each backend with the
 * reference, forward and backward; NaN and infinity get through; the same call gives the same bits; inputs stay
 * as they are; no tensor is left behind; wrong shapes and types are refused in words.
 */
export function describeOperation(
  operation: string,
  { cases, refusals = [], casts = false }: Ritual,
): void {
  describe(`the float64 reference of ${operation}`, () => {
    const small = cases.filter((one) => cost(drawn(one)) < SMALL);

    it('has a shape small enough for finite differences', () => {
      expect(small.length).toBeGreaterThan(0);
    });

    it.each(small)('$name: backward agrees with finite differences', (one) => {
      for (const seed of [7, 17]) {
        const { arrays, dOut } = drawn(one, seed);
        const differences = finiteDifferences(one.reference, arrays, dOut);
        expectClose(differences, one.gradient(arrays, dOut), 1e-6);
      }
    });
  });

  describe.each(BACKENDS)('on %s', (backend) => {
    const runtime = openForSuite(backend);
    describeOnBackend(backend, runtime, cases);
    if (!casts) describeRefusedTypes(backend, cases[Math.min(1, cases.length - 1)]!);

    it.each(refusals)(`${operation} refuses $what`, ({ run, message }) => {
      const before = tf.memory().numTensors;
      expect(() => tf.tidy(() => void run())).toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

function describeOnBackend(
  backend: BackendName,
  runtime: () => Runtime,
  cases: readonly OperationCase[],
): void {
  const second = cases[Math.min(1, cases.length - 1)]!;

  it.each(cases)('$name', async (one) => {
    for (const [i, seed] of SEEDS[backend].entries()) {
      const { arrays, golden, dOut } = drawn(one, seed);
      const { out, gradients } = await runWithGradients(one, arrays, dOut);
      // Among several draws is one that magnifies rounding more than the first.
      const slack = i === 0 ? 1 : 5;
      expectClose({ out }, { out: golden }, slack * 1e-5);
      expectClose(gradients, one.gradient(arrays, dOut), slack * 1e-4);
    }
    runtime().check();
  });

  it(`${second.name}: neither NaN nor infinity is lost`, async () => {
    for (const name of Object.keys(second.shapes)) {
      for (const poison of second.poisons ?? [NaN, Infinity, -Infinity]) {
        const { arrays, dOut } = drawn(second);
        arrays[name]![0] = poison;
        await expectNothingLost(second, arrays, dOut, `${poison} in ${name}`);
      }
    }
  });

  it(`${second.name}: gives the same bits again, other shapes and values in between`, async () => {
    const { arrays, dOut } = drawn(second);
    const first = await runWithGradients(second, arrays, dOut);
    const other = drawn(cases[0]!, 5);
    await runWithGradients(cases[0]!, other.arrays, other.dOut);
    const between = drawn(second, 5);
    await runWithGradients(second, between.arrays, between.dOut);
    expect(await runWithGradients(second, arrays, dOut)).toEqual(first);
  });

  it(`${second.name}: leaves its inputs as they are`, async () => {
    const { arrays, dOut } = drawn(second);
    const names = Object.keys(second.shapes);
    const tensors = names.map((name) => toTensor(arrays[name]!, second.shapes[name]!));
    const weights = toTensor(dOut, [dOut.length]);
    const apply = (...args: Tensor[]): Tensor =>
      second.run(Object.fromEntries(names.map((name, i) => [name, args[i]!])));
    const grads = tf.grads((...args) => tf.sum(tf.mul(tf.reshape(apply(...args), [-1]), weights)))(
      tensors,
    );
    await Promise.all(grads.map((grad) => grad.data()));
    for (const [i, name] of names.entries()) {
      expect([...(await tensors[i]!.data())], name).toEqual([...arrays[name]!]);
    }
    expect([...(await weights.data())]).toEqual([...dOut]);
    tf.dispose([...tensors, ...grads, weights]);
  });

  it(`${second.name}: leaves no tensor behind`, async () => {
    const { arrays, dOut } = drawn(second);
    await runWithGradients(second, arrays, dOut);
    const before = usage();
    for (let i = 0; i < 3; i++) await runWithGradients(second, arrays, dOut);
    expect(usage()).toEqual(before);
  });
}

function describeRefusedTypes(backend: BackendName, second: OperationCase): void {
  it.runIf(backend === 'wasm' || backend === 'webgpu')(
    `${second.name}: refuses whole numbers in the place of floats`,
    () => {
      for (const name of Object.keys(second.shapes)) {
        const whole = (): Tensor =>
          second.run(
            Object.fromEntries(
              Object.entries(second.shapes).map(([key, shape]) => [
                key,
                tf.ones([...shape], key === name ? 'int32' : 'float32'),
              ]),
            ),
          );
        expect(() => tf.tidy(() => void whole()), name).toThrow(/expected float32, got int32/);
      }
    },
  );
}

/** Every number that the reference loses, the kernel must lose too. */
async function expectNothingLost(
  one: OperationCase,
  arrays: Arrays,
  dOut: Float64Array,
  what: string,
): Promise<void> {
  const { out, gradients } = await runWithGradients(one, arrays, dOut);
  const golden: Record<string, Float64Array | undefined> = {
    out: one.reference(arrays),
    ...one.gradient(arrays, dOut),
  };
  for (const [key, values] of Object.entries({ out, ...gradients })) {
    const lost = values.findIndex(
      (x, i) => Number.isFinite(x) && !Number.isFinite(golden[key]?.[i] ?? 0),
    );
    expect(lost, `where ${what} is lost on its way to ${key}`).toBe(-1);
  }
}

export const toTensor = (values: ArrayLike<number>, shape: readonly number[]): Tensor =>
  tf.tensor(Float32Array.from(values), [...shape]);
