import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig, ModelName } from '../../src/models/index.ts';
import { parameterCount } from '../../src/models/model.ts';
import type { Parameters, ParameterValues, SequenceModel } from '../../src/models/model.ts';
import { SIZES } from '../../src/models/sizes.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { open } from '../kernels/backends.ts';

type Size = keyof typeof SIZES;

const GOLDEN = join(import.meta.dirname, '../fixtures/regression');
const NAMES: readonly ModelName[] = ['mamba', 'gpt2', 's4d', 'rwkv4', 'lstm', 'mambaformer'];

/** Parameters over 20 dimensions. */
const COUNTS: Record<Size, Record<ModelName, number>> = {
  tiny: {
    mamba: 197_697,
    gpt2: 151_489,
    s4d: 177_561,
    rwkv4: 163_521,
    lstm: 169_777,
    mambaformer: 182_593,
  },
  small: {
    mamba: 1_402_241,
    gpt2: 1_192_705,
    s4d: 1_331_305,
    rwkv4: 1_289_729,
    lstm: 1_290_801,
    mambaformer: 1_217_025,
  },
  // Mamba, GPT-2 and S4D as published (PAPER 1.2 to 1.4).
  standard: {
    mamba: 10_518_273,
    gpt2: 9_483_265,
    s4d: 10_491_331,
    rwkv4: 10_264_065,
    lstm: 10_065_441,
    mambaformer: 10_267_649,
  },
};

const counts = Object.entries(COUNTS).flatMap(([size, of]) =>
  Object.entries(of).map(([name, count]) => [name as ModelName, size as Size, count] as const),
);

const goldenConfig = (name: ModelName): ModelConfig =>
  JSON.parse(readFileSync(join(GOLDEN, name, 'config.json'), 'utf8')) as ModelConfig;

describe('architectures', () => {
  it('have a golden case each', () => {
    expect(readdirSync(GOLDEN).toSorted()).toEqual([...NAMES].toSorted());
  });

  it.each(counts)('%s at size %s has %i parameters', (name, size, count) => {
    const model = createModel({ ...SIZES[size][name], n_dims: 20 });
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
});
