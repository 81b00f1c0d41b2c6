import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { selectiveScan, selectiveScanWithState } from '../../src/kernels/selective-scan/op.ts';
import type { SelectiveScanInputs } from '../../src/kernels/selective-scan/op.ts';
import { scanReference } from '../../src/kernels/selective-scan/reference.ts';
import type { ScanArrays } from '../../src/kernels/selective-scan/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { scanCases } from './selective-scan.cases.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

const SHAPES = {
  u: [1, 4, 2],
  delta: [1, 4, 2],
  A: [2, 3],
  B: [1, 4, 3],
  C: [1, 4, 3],
  D: [2],
  z: [1, 4, 2],
  deltaBias: [2],
  initialState: [1, 2, 3],
};

/** A call in which one input has another shape. */
function refusal(name: keyof typeof SHAPES, shape: number[], message: RegExp) {
  const run = (): Tensor => {
    const shapes = Object.entries({ ...SHAPES, [name]: shape });
    const tensors = Object.fromEntries(shapes.map(([key, at]) => [key, tf.zeros(at)]));
    return selectiveScan(tensors as unknown as SelectiveScanInputs);
  };
  return { what: `${name} of shape ${shape.join(' ')}`, run, message };
}

describeOperation('selectiveScan', {
  cases: scanCases,
  refusals: [
    refusal('u', [4, 2], /selectiveScan u: expected shape \[· · ·\], got \[4 2\]/),
    refusal('delta', [1, 3, 2], /selectiveScan delta: expected shape \[1 4 2\], got \[1 3 2\]/),
    refusal('A', [3, 3], /selectiveScan A: expected shape \[2 ·\], got \[3 3\]/),
    refusal('B', [1, 4, 2], /selectiveScan B: expected shape \[1 4 3\], got \[1 4 2\]/),
    refusal('C', [2, 4, 3], /selectiveScan C: expected shape \[1 4 3\], got \[2 4 3\]/),
    refusal('D', [3], /selectiveScan D: expected shape \[2\], got \[3\]/),
    refusal('z', [1, 4, 3], /selectiveScan z: expected shape \[1 4 2\], got \[1 4 3\]/),
    refusal('deltaBias', [1], /selectiveScan deltaBias: expected shape \[2\], got \[1\]/),
    refusal(
      'initialState',
      [1, 3, 2],
      /selectiveScan initialState: expected shape \[1 2 3\], got \[1 3 2\]/,
    ),
  ],
});

const single = { batch: 1, length: 3, channels: 1, states: 1 };

/** One channel and one state over three tokens. */
const plain = (given: Partial<ScanArrays> = {}): ScanArrays => ({
  u: Float64Array.of(1, 2, 4),
  delta: Float64Array.of(1, 1, 1),
  A: Float64Array.of(-Math.log(2)),
  B: Float64Array.of(1, 1, 1),
  C: Float64Array.of(1, 1, 1),
  ...given,
});

describe('the float64 reference of selectiveScan', () => {
  it('halves its state a token and takes the input in', () => {
    const { out, lastState } = scanReference(single, plain(), false);
    expectEach(out, [1, 2.5, 5.25], 1e-12);
    expectEach(lastState, [5.25], 1e-12);
  });

  it('reads with C, skips with D, gates with the silu of z', () => {
    const silu = 2 / (1 + Math.exp(-2));
    const given = plain({
      C: Float64Array.of(0, 1, 10),
      D: Float64Array.of(100),
      z: Float64Array.of(2, 2, 2),
    });
    const { out } = scanReference(single, given, false);
    expectEach(out, [100 * silu, 202.5 * silu, 452.5 * silu], 1e-12);
  });

  it('takes softplus of delta and its bias', () => {
    const given = plain({ delta: Float64Array.of(0, 0, 0), deltaBias: Float64Array.of(Math.E) });
    const step = Math.log1p(Math.exp(Math.E));
    const decay = 2 ** -step;
    const h = [step, decay * step + 2 * step];
    expectEach(scanReference(single, given, true).out.slice(0, 2), h, 1e-12);
  });

  it('begins from the state it is given', () => {
    const { out } = scanReference(single, plain({ initialState: Float64Array.of(16) }), false);
    expectEach(out, [9, 6.5, 7.25], 1e-12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  const runtime = openForSuite(backend);

  it.each([1, 128, 130])('the scan continues from its state after %i tokens', async (first) => {
    const [batch, length, channels, states] = [2, 131, 3, 5];
    const shapes = {
      u: [batch, length, channels],
      delta: [batch, length, channels],
      A: [channels, states],
      B: [batch, length, states],
      C: [batch, length, states],
    };
    const drawn = drawArrays(shapes, 4) as Record<keyof typeof shapes, Float64Array>;
    const arrays = { ...drawn, A: drawn.A.map((x) => Math.fround(x - 1)) };
    const names = Object.keys(shapes) as (keyof typeof shapes)[];
    const part = (from: number, count: number) =>
      Object.fromEntries(
        names.map((name) => {
          const whole = toTensor(arrays[name], shapes[name]);
          const size = shapes[name][2] as number;
          return [name, name === 'A' ? whole : tf.slice(whole, [0, from, 0], [batch, count, size])];
        }),
      ) as Record<keyof typeof shapes, Tensor>;
    const before = selectiveScanWithState(part(0, first));
    const after = selectiveScanWithState({
      ...part(first, length - first),
      initialState: before.lastState,
    });
    const golden = scanReference({ batch, length, channels, states }, arrays, true);
    const out = await tf.concat([before.out, after.out], 1).data();
    const lastState = await after.lastState.data();
    expect(after.lastState.shape).toEqual([batch, channels, states]);
    expectClose({ out, lastState }, { out: golden.out, lastState: golden.lastState }, 1e-5);
  });

  /** A scan of a few tokens, its inputs drawn but for those given. */
  const [batch, length, channels, states] = [1, 5, 3, 2];
  const shape = { batch, length, channels, states };
  const shapes = {
    u: [batch, length, channels],
    delta: [batch, length, channels],
    A: [channels, states],
    B: [batch, length, states],
    C: [batch, length, states],
  };
  const draw = (seed: number): ScanArrays => {
    const drawn = drawArrays(shapes, seed) as unknown as ScanArrays;
    return { ...drawn, A: drawn.A.map((x) => Math.fround(x - 1.5)) };
  };
  const scan = async (arrays: ScanArrays, softplus = true) => {
    const tensors = Object.fromEntries(
      Object.entries(shapes).map(([name, at]) => [
        name,
        toTensor(arrays[name as keyof typeof shapes], at),
      ]),
    );
    const out = selectiveScan(tensors as unknown as SelectiveScanInputs, softplus);
    return [...(await out.data())];
  };

  it('selectiveScan does not see what comes later, nor other channels', async () => {
    const arrays = draw(2);
    const before = await scan(arrays);
    const at = 2 * channels + 1;
    const after = await scan({ ...arrays, u: arrays.u.with(at, 7) });
    before.forEach((value, i) => {
      const reached = i >= at && i % channels === 1;
      expect(after[i] !== value, `output ${i}`).toBe(reached);
    });
  });

  it.each([-100, -30, 30, 100])('selectiveScan takes softplus of %f as it should', async (far) => {
    const arrays = { ...draw(3), delta: new Float64Array(15).fill(far) };
    const golden = scanReference(shape, arrays, true).out;
    const out = await scan(arrays);
    expectEach(out, golden, 1e-4, Math.max(1e-12, 1e-3 * Math.max(...golden.map(Math.abs))));
  });

  it('selectiveScan with steps of zero keeps its state and shows nothing new', async () => {
    const arrays = { ...draw(4), delta: new Float64Array(15) };
    expectEach(await scan(arrays, false), new Float64Array(15), 1e-12, 1);
  });

  it('selectiveScan of an unstable system grows as the reference does', async () => {
    const arrays = draw(5);
    const growing = {
      ...arrays,
      A: arrays.A.map((x) => Math.fround(-x)),
      delta: arrays.delta.map(Math.abs),
    };
    const golden = scanReference(shape, growing, false).out;
    expectClose({ out: await scan(growing, false) }, { out: golden }, 1e-5);
  });

  it('selectiveScan without a state given is one from zero', async () => {
    const drawn = draw(6);
    const tensors = Object.fromEntries(
      Object.entries(shapes).map(([name, at]) => [
        name,
        toTensor(drawn[name as keyof typeof shapes], at),
      ]),
    ) as unknown as SelectiveScanInputs;
    const zero = tf.zeros([batch, channels, states]);
    const { out } = selectiveScanWithState({ ...tensors, initialState: zero });
    expectClose({ out: [...(await out.data())] }, { out: await scan(drawn) }, 1e-6);
    runtime().check();
  });
});
