import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { NO_EXPONENT, wkv, wkvWithState } from '../../src/kernels/wkv/op.ts';
import type { WkvInputs } from '../../src/kernels/wkv/op.ts';
import { wkvGradReference, wkvReference } from '../../src/kernels/wkv/reference.ts';
import type { WkvArrays } from '../../src/kernels/wkv/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

/** @param offset of every key: the outputs do not depend on it, overflowing exponentials would */
function wkvCase(
  [batch, length, channels]: readonly [number, number, number],
  offset = 0,
): OperationCase {
  const shape = [batch, length, channels];
  return {
    name: `wkv B${batch} L${length} D${channels}${offset === 0 ? '' : ` keys ${offset}`}`,
    shapes: { k: shape, v: shape, w: [channels], u: [channels] },
    prepare: ({ k, v, w, u }) => ({
      k: k!.map((x) => Math.fround(4 * x + offset)),
      v: v!,
      w: w!.map((x) => Math.fround(-Math.exp(4 * x - 2))),
      u: u!,
    }),
    run: (tensors) => wkv(tensors as WkvInputs),
    // An infinite key or decay has a limit, which ours reach and the reference's ∞ / ∞ and 0 · ∞ do not.
    poisons: [NaN],
    reference: (arrays) => wkvReference(arrays as unknown as WkvArrays, length),
    gradient: (arrays, dOut) => ({
      ...wkvGradReference(arrays as unknown as WkvArrays, length, dOut),
    }),
  };
}

const zeros = (...shape: number[]): tf.Tensor => tf.zeros(shape);

describeOperation('wkv', {
  cases: [
    wkvCase([1, 1, 1]),
    wkvCase([2, 7, 5]),
    wkvCase([3, 16, 4], 80),
    wkvCase([1, 33, 3], -60),
    wkvCase([2, 67, 65]),
    wkvCase([4, 2, 3]),
    wkvCase([1, 5, 9], 40),
  ],
  refusals: [
    {
      what: 'values of another shape than keys',
      run: () => wkv({ k: zeros(1, 2, 3), v: zeros(1, 3, 3), w: zeros(3), u: zeros(3) }),
      message: /wkv v: expected shape \[1 2 3\], got \[1 3 3\]/,
    },
    {
      what: 'decays of other channels',
      run: () => wkv({ k: zeros(1, 2, 3), v: zeros(1, 2, 3), w: zeros(2), u: zeros(3) }),
      message: /wkv w: expected shape \[3\], got \[2\]/,
    },
    {
      what: 'a bonus of other channels',
      run: () => wkv({ k: zeros(1, 2, 3), v: zeros(1, 2, 3), w: zeros(3), u: zeros(4) }),
      message: /wkv u: expected shape \[3\], got \[4\]/,
    },
    {
      what: 'a state of another width',
      run: () =>
        wkvWithState(
          { k: zeros(1, 2, 3), v: zeros(1, 2, 3), w: zeros(3), u: zeros(3) },
          zeros(1, 2, 3),
        ),
      message: /wkv state: expected shape \[1 3 3\], got \[1 2 3\]/,
    },
  ],
});

describe('the float64 reference of wkv', () => {
  it('weighs earlier tokens by their decayed keys, the current one by its bonus', () => {
    const [log2, log3] = [Math.log(2), Math.log(3)];
    const arrays = {
      k: Float64Array.of(0, log3, 0),
      v: Float64Array.of(1, 10, 100),
      w: Float64Array.of(-log2),
      u: Float64Array.of(log2),
    };
    // Weights: 2; 1 and 6; 1/2, 3 and 2.
    expectEach(wkvReference(arrays, 3), [1, (1 + 60) / 7, (0.5 + 30 + 200) / 5.5], 1e-12);
  });

  it('does not depend on a constant added to every key', () => {
    const { k, v, w, u } = drawArrays({ k: [9], v: [9], w: [3], u: [3] }, 2) as Record<
      'k' | 'v' | 'w' | 'u',
      Float64Array
    >;
    const moved = k.map((x) => x + 5);
    expectEach(
      wkvReference({ k: moved, v, w, u }, 3),
      wkvReference({ k, v, w, u }, 3),
      1e-11,
      1e-2,
    );
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it.each([1, 7, 32])('WKV continues from its state after %i tokens', async (first) => {
    const [batch, length, channels] = [2, 33, 5];
    const sequence = [batch, length, channels];
    const { k, v, w, u } = drawArrays(
      { k: sequence, v: sequence, w: [channels], u: [channels] },
      6,
    );
    const arrays = { k: k!.map((x) => Math.fround(9 * x)), v: v!, w: w!, u: u! };
    const part = (from: number, count: number) => {
      const cut = (x: Float64Array) =>
        tf.slice(toTensor(x, sequence), [0, from, 0], [batch, count, channels]);
      const [decay, bonus] = [arrays.w, arrays.u].map((x) => toTensor(x, [channels]));
      return { k: cut(arrays.k), v: cut(arrays.v), w: decay!, u: bonus! };
    };
    const before = wkvWithState(part(0, first));
    const after = wkvWithState(part(first, length - first), before.lastState);
    const out = await tf.concat([before.out, after.out], 1).data();
    expectClose({ out }, { out: wkvReference(arrays, length) }, 1e-5);
    const { lastState } = wkvWithState(part(0, length));
    const states = [await after.lastState.data(), await lastState.data()] as const;
    expect(lastState.shape).toEqual([batch, 3, channels]);
    expectClose({ lastState: states[0] }, { lastState: states[1] }, 1e-5);
  });

  it('WKV from a state that has seen nothing is WKV', async () => {
    const at = [1, 4, 2];
    const drawn = drawArrays({ k: at, v: at, w: [2], u: [2] }, 8);
    const inputs = {
      k: toTensor(drawn.k!, at),
      v: toTensor(drawn.v!, at),
      w: toTensor(drawn.w!, [2]),
      u: toTensor(drawn.u!, [2]),
    };
    const fresh = tf.tensor3d([0, 0, 0, 0, NO_EXPONENT, NO_EXPONENT], [1, 3, 2]);
    const { out } = wkvWithState(inputs, fresh);
    expectClose({ out: [...(await out.data())] }, { out: [...(await wkv(inputs).data())] }, 1e-6);
  });

  it.each([-1e4, -200, 200, 1e4])(
    'wkv with every key at %f is as with keys at 0',
    async (offset) => {
      const at = [1, 6, 3];
      const drawn = drawArrays({ v: at, w: [3], u: [3] }, 9) as Record<
        'v' | 'w' | 'u',
        Float64Array
      >;
      const golden = wkvReference({ k: new Float64Array(18), ...drawn }, 6);
      const rest = {
        v: toTensor(drawn.v, at),
        w: toTensor(drawn.w, [3]),
        u: toTensor(drawn.u, [3]),
      };
      const out = wkv({ k: tf.mul(tf.ones(at), offset), ...rest });
      // A key of 10,000 leaves a float32 three digits behind the point.
      expectClose(
        { out: [...(await out.data())] },
        { out: golden },
        Math.abs(offset) > 1e3 ? 2e-3 : 1e-4,
      );
    },
  );

  it('wkv that forgets at once shows the last two tokens only', async () => {
    const at = [1, 5, 1];
    const v = Float64Array.of(1, 10, 100, 1000, 10_000);
    const inputs = { k: tf.zeros(at), v: toTensor(v, at), u: tf.zeros([1]) };
    const out = await wkv({ ...inputs, w: tf.tensor1d([-300]) }).data();
    expectEach(out, [1, 5.5, 55, 550, 5500], 1e-6);
  });
});
