import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES, backbonesOf, createModel } from '../../src/models/index.ts';
import type { ModelConfig, ModelName } from '../../src/models/index.ts';
import { parameterCount } from '../../src/models/model.ts';
import type { Parameters, ParameterValues, SequenceModel } from '../../src/models/model.ts';
import { vectorModel } from '../../src/models/vectors.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { open } from '../kernels/backends.ts';

const GOLDEN = join(import.meta.dirname, '../fixtures/regression');
const NAMES = Object.keys(ARCHITECTURES) as ModelName[];

const counts = NAMES.flatMap((name) =>
  (['tiny', 'small', 'standard'] as const).map(
    (size) => [name, size, ARCHITECTURES[name].parameterCounts[size]] as const,
  ),
);

const goldenConfig = (name: ModelName): ModelConfig =>
  JSON.parse(readFileSync(join(GOLDEN, name, 'config.json'), 'utf8')) as ModelConfig;

describe('architectures', () => {
  it('have a golden case each', () => {
    expect(readdirSync(GOLDEN).toSorted()).toEqual([...NAMES].toSorted());
  });

  it.each(counts)('%s at size %s has %i parameters', (name, size, count) => {
    const model = createModel({ ...backbonesOf(size)[name], n_dims: 20 });
    expect(parameterCount(model.init(RandomStream.fromSeed(0)))).toBe(count);
  });

  it.each(NAMES)(
    '%s initialises the tensors of the golden case, and the same ones again',
    (name) => {
      const model = createModel(goldenConfig(name));
      const values = model.init(RandomStream.fromSeed(3));
      const golden = decode(readFileSync(join(GOLDEN, name, 'weights.safetensors')));
      const shapes = (of: ParameterValues) =>
        Object.fromEntries(Object.entries(of).map(([key, { shape }]) => [key, shape]));
      expect(shapes(values)).toEqual(shapes(golden));
      expect(model.init(RandomStream.fromSeed(3))).toEqual(values);
    },
  );
});

describe('published initialisations', () => {
  it('S4D-Lin starts on the line -1/2 + i π m with complex normal C', () => {
    const config = { model: 's4d', n_dims: 5, d_model: 200, n_layer: 1, d_state: 8 } as const;
    const values = createModel(config).init(RandomStream.fromSeed(1));
    const of = (name: string) => [...values[`s4_layers.0.${name}`]!.values];
    expect(of('kernel.log_A_real').every((x) => x === Math.fround(Math.log(0.5)))).toBe(true);
    expect(of('kernel.A_imag').slice(4, 8)).toEqual(
      [0, 1, 2, 3].map((m) => Math.fround(Math.PI * m)),
    );
    const steps = of('kernel.log_dt').map(Math.exp);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0.000999);
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.1001);
    const power = of('kernel.C').reduce((sum, x) => sum + x * x, 0) / (200 * 4);
    expect(power).toBeCloseTo(1, 1);
  });

  it('RWKV-4 grows decays and mixtures over channels and depth', () => {
    const config = { model: 'rwkv4', n_dims: 5, d_model: 8, n_layer: 24 } as const;
    const values = createModel(config).init(RandomStream.fromSeed(1));
    const of = (layer: number, name: string) =>
      [...values[`_backbone.blocks.${layer}.${name}`]!.values].map(
        (x) => Math.round(x * 100) / 100,
      );
    expect(of(1, 'attention.time_decay')).toEqual([-5, -3.16, -1.9, -0.79, 0.24, 1.2, 2.12, 3]);
    expect(of(1, 'attention.time_first').slice(0, 3)).toEqual([-1.2, -0.7, -1.7]);
    expect(of(1, 'attention.time_mix_value').slice(0, 3)).toEqual([0.01, 0.15, 0.28]);
    expect(of(1, 'attention.time_mix_receptance').slice(0, 3)).toEqual([0, 0.37, 0.51]);
  });
});

describe('on wasm', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open('wasm');
  });
  afterAll(async () => runtime.close());

  function tiny(name: ModelName): { model: SequenceModel; parameters: Parameters } {
    const model = createModel(goldenConfig(name));
    return { model, parameters: toTensors(model.init(RandomStream.fromSeed(5))) };
  }

  const run = async (of: ReturnType<typeof tiny>, tokens: Float32Array, length: number) =>
    tf.tidy(() => of.model.forward(of.parameters, tf.tensor(tokens, [2, length, 5]))).data();

  it.each(NAMES)('%s is causal, and reads every token before', async (name) => {
    const length = 9;
    const one = tiny(name);
    const tokens = RandomStream.fromSeed(6).normals(2 * length * 5);
    const before = await run(one, tokens, length);
    for (const changed of [0, 4, 8]) {
      const other = tokens.slice();
      other[changed * 5 + 1]! += 1;
      const after = await run(one, other, length);
      const moved = [...after].map((y, i) => y !== before[i]);
      expect(moved.slice(0, changed)).toEqual(Array(changed).fill(false));
      expect(moved.slice(changed, length)).toEqual(Array(length - changed).fill(true));
      expect(moved.slice(length)).toEqual(Array(length).fill(false));
    }
  });

  it.each(NAMES)('%s shows the residual stream after each block', async (name) => {
    const { model, parameters } = tiny(name);
    const seen: string[] = [];
    const tokens = tf.zeros([1, 4, 5]);
    model.forward(parameters, tokens, {
      observe: (of, { shape }) => seen.push(`${of} ${shape.join(' ')}`),
    });
    const { n_layer, d_model } = goldenConfig(name);
    expect(seen).toEqual(Array.from({ length: n_layer }, (_, l) => `block.${l} 1 4 ${d_model}`));
  });

  it.each(NAMES)('%s stands between other ends just as well', async (name) => {
    const config = goldenConfig(name);
    const backbone = ARCHITECTURES[name].backbone(config as never);
    const { d_model } = config;
    const table = tf.tensor(RandomStream.fromSeed(8).normals(7 * d_model), [7, d_model]);
    const model = vectorModel(backbone, {
      initIn: () => ({}),
      initOut: () => ({}),
      readIn: (_, tokens) => tf.gather(table, tf.cast(tokens, 'int32')),
      readOut: (_, normed) => tf.sum(normed, 2),
    });
    const values = model.init(RandomStream.fromSeed(5));
    expect(values).toEqual(backbone.init(RandomStream.fromSeed(5)));
    const own = createModel(config).init(RandomStream.fromSeed(5));
    expect(own).toMatchObject(values);
    expect(Object.keys(own)).toHaveLength(Object.keys(values).length + 4);
    const out = model.forward(toTensors(values), tf.tensor([[3, 1, 4, 1, 5]]));
    expect(out.shape).toEqual([1, 5]);
    expect((await out.data()).every(Number.isFinite)).toBe(true);
  });
});
