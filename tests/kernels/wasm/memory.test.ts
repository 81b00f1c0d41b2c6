import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { gelu } from '../../../src/kernels/gelu/op.ts';
import { lstm } from '../../../src/kernels/lstm/op.ts';
import { registerKernels } from '../../../src/kernels/register.ts';
import { MOST_BYTES } from '../../../src/kernels/wasm/memory.ts';
import type { WasmMemory } from '../../../src/kernels/wasm/memory.ts';
import { traceMemory } from '../../../src/kernels/wasm/module.ts';
import { loadKernels } from '../../../src/lab/kernels.ts';
import { createModel } from '../../../src/models/index.ts';
import type { ModelName } from '../../../src/models/index.ts';
import { Adam } from '../../../src/training/adam.ts';
import { RandomStream } from '../../../src/numerics/random.ts';
import { lossAndGradients } from '../../../src/training/objective.ts';
import { TINY, tinyTraining } from '../../training/tiny.ts';
import { openForSuite } from '../backends.ts';

const OUT_OF_MEMORY = /wasm: expected \d+ bytes of memory .* got none; use a smaller batch/;

const moduleOf = (): WasmMemory => (tf.backend() as unknown as { wasm: WasmMemory }).wasm;

/** A step of Adam, and what it must not touch if it fails. */
function tinyStep(name: ModelName) {
  const { objective } = tinyTraining(name, 1);
  const adam = new Adam({ parameters: createModel(TINY[name]).init(RandomStream.fromSeed(1)) });
  const feeds = objective.feed(0, RandomStream.fromSeed(4));
  const run = (): void => {
    const random = RandomStream.fromSeed(2);
    const { loss, gradients } = lossAndGradients(objective.loss, adam.parameters, feeds, random);
    adam.step(gradients, 1, 1e-2);
    tf.dispose([loss, gradients]);
  };
  return { adam, run };
}

/** Compiled once: hundreds of links follow. */
let compiled: BufferSource | undefined;
const relink = (): Promise<void> =>
  registerKernels('wasm', async (variant) => (compiled ??= await loadKernels(variant)));

/** The bytes that a write through a null pointer would change. */
const lowest = (): number[] => [...new Uint8Array(moduleOf().asm.memory.buffer, 0, 1024)];

describe('the memory of wasm', () => {
  openForSuite('wasm');
  const restore: (() => void)[] = [];
  afterEach(async () => {
    for (const undo of restore.splice(0)) undo();
    await relink();
  });

  /** Links the kernels again, to a `malloc` that fails from the n-th call on. */
  async function failFrom(n: number): Promise<() => number> {
    const wasm = moduleOf();
    const { asm } = wasm;
    let calls = 0;
    const malloc = (bytes: number): number => (++calls >= n ? 0 : asm.malloc(bytes));
    wasm.asm = { ...asm, malloc };
    restore.push(() => (wasm.asm = asm));
    await relink();
    return () => calls;
  }

  /** Memory that grows by `pages` pages of 64 KiB more and no further. */
  function bound(pages: number): void {
    const { memory } = moduleOf().asm;
    const grow = memory.grow.bind(memory);
    let left = pages;
    memory.grow = (more) => {
      if (more > left) throw new RangeError('WebAssembly.Memory.grow(): full');
      left -= more;
      return grow(more);
    };
    restore.push(() => Reflect.deleteProperty(memory, 'grow'));
  }

  it.each(Object.keys(TINY) as ModelName[])(
    'ends in an error whichever allocation of a step of %s fails, and spares the weights',
    async (name) => {
      const { adam, run } = tinyStep(name);
      const before = await adam.state();
      const low = lowest();
      const calls = await failFrom(Infinity);
      tf.dispose(lossOnly(name, adam));
      const total = calls();
      expect(total).toBeGreaterThan(50);
      const { numTensors } = tf.memory();
      for (let n = 1; n <= total; n++) {
        await failFrom(n);
        expect(run, `allocation ${n} of ${total}`).toThrow(OUT_OF_MEMORY);
        expect(lowest()).toEqual(low);
        expect(tf.memory().numTensors, `tensors after ${n}`).toBe(numTensors);
        for (const undo of restore.splice(0)) undo();
      }
      expect(await adam.state()).toEqual(before);
      await relink();
      run();
      expect(await adam.state()).not.toEqual(before);
      adam.dispose();
    },
  );

  function lossOnly(name: ModelName, adam: Adam) {
    const { loss, feed } = tinyTraining(name, 1).objective;
    const feeds = feed(0, RandomStream.fromSeed(4));
    return lossAndGradients(loss, adam.parameters, feeds, RandomStream.fromSeed(2));
  }

  it.each([0, 1, 17, 40, 100])(
    'that may grow by %i pages ends in an error before anything is overwritten',
    async (pages) => {
      const held = tf.range(0, 1000);
      const before = [...(await held.data())];
      bound(pages);
      const kept: tf.Tensor[] = [];
      expect(() => {
        for (;;) kept.push(tf.add(gelu(tf.ones([2 ** 16])), 1));
      }).toThrow(OUT_OF_MEMORY);
      expect([...held.dataSync()]).toEqual(before);
      for (const tensor of kept.slice(0, -1)) expect(tensor.dataSync()[7]).toBeCloseTo(1.8412, 3);
      tf.dispose([held, ...kept]);
    },
  );

  it('grants no size that does not fit into 32 bits', () => {
    const wasm = moduleOf();
    for (const bytes of [MOST_BYTES + 1, 2 ** 32, 2 ** 32 + 16, 2 ** 33]) {
      expect(() => wasm._malloc(bytes)).toThrow(OUT_OF_MEMORY);
    }
  });

  it('forgets scratch that could not be had, and gets it again', async () => {
    const x = tf.ones<tf.Rank.R3>([1, 3, 4 * 64]);
    const weight = tf.ones<tf.Rank.R2>([4 * 64, 64]);
    await failFrom(3);
    expect(() => lstm({ x, weight })).toThrow(OUT_OF_MEMORY);
    expect(() => lstm({ x, weight })).toThrow(OUT_OF_MEMORY);
    for (const undo of restore.splice(0)) undo();
    await relink();
    const again = tf.tidy(() => lstm({ x, weight }).dataSync());
    expect(again.every((value) => value > 0 && value <= 1)).toBe(true);
    tf.dispose([x, weight]);
  });

  it('leaves no output of a kernel behind that fails half-way', async () => {
    const x = tf.ones<tf.Rank.R3>([1, 3, 4 * 64]);
    const weight = tf.ones<tf.Rank.R2>([4 * 64, 64]);
    const before = tf.backend().numDataIds();
    await failFrom(3);
    expect(() => lstm({ x, weight })).toThrow(OUT_OF_MEMORY);
    expect(tf.backend().numDataIds()).toBe(before);
    tf.dispose([x, weight]);
  });

  it('is traced block by block, with the scratch asked for', () => {
    const events = traceMemory(() => {
      const x = tf.ones<tf.Rank.R3>([1, 3, 8]);
      const out = tf.tidy(() => lstm({ x, weight: tf.ones([8, 2]) }));
      tf.dispose([x, out]);
    });
    const taken = events.filter(({ kind }) => kind === 'take');
    const freed = events.filter(({ kind }) => kind === 'free');
    expect(taken.map(({ bytes }) => bytes)).toEqual([96, 64, 24]);
    expect(freed.length).toBe(taken.length);
    expect(events.filter(({ kind }) => kind === 'scratch').length).toBe(1);
    expect(traceMemory(() => {})).toEqual([]);
  });
});
