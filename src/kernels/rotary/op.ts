import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { rotaryAngle } from './reference.ts';
import {
  differentiable,
  expectShape,
  noGradient,
  runSingle,
  usesComposedOperations,
} from '../op.ts';

/**
 * Which components turn together: `halves` is LLaMA and GPT-NeoX, component i with i + R, 2R being rotated;
 * `pairs` is GPT-J, component 2i with 2i + 1.
 */
export type RotaryStyle = 'halves' | 'pairs';

/**
 * Cosines and sines of the angles by which tokens turn, made once for all layers, in float64.
 * @param positions of each prompt's tokens, or of all prompts' where there is one list: T lists of L
 * @param rotated components of a head that turn, 2R: all in LLaMA, the first quarter in Pythia
 * @param base 10,000 in most models
 * @returns [T L R 2]
 */
export function rotaryTable(
  positions: readonly (readonly number[])[],
  rotated: number,
  base: number,
): Tensor {
  const [lists, length, turns] = [positions.length, positions[0]?.length ?? 0, rotated / 2];
  if (!Number.isInteger(turns) || turns < 1 || positions.some((list) => list.length !== length)) {
    throw new Error(
      `rotaryTable: expected an even number of components and positions of one length, got ${rotated} and ${positions.map((list) => list.length).join(', ')}; pad them`,
    );
  }
  const values = positions.flat().flatMap((position) =>
    Array.from({ length: turns }, (_, i) => {
      const angle = rotaryAngle(position, i, turns, base);
      return [Math.cos(angle), Math.sin(angle)];
    }).flat(),
  );
  return tf.tensor(Float32Array.from(values), [lists, length, turns, 2]);
}

/**
 * Rotary positions (Su et al. 2021): pairs of a head's first 2R components turn by their token's angles, the others
 * stay.
 *
 * Kernel `Rotary`: x [B L D], table [T L R 2], attributes `heads`, `paired`, `inverse` → [B L D]. Its gradient is
 * the inverse turn.
 * @param x [B L D], heads contiguous
 * @param table of `rotaryTable`; T is 1 or B
 */
export function rotary(x: Tensor, table: Tensor, heads: number, style: RotaryStyle): Tensor {
  expectShape('rotary x', x, [null, null, null]);
  const [prompts, length, width] = x.shape as [number, number, number];
  const [lists, , turns] = table.shape as [number, number, number];
  expectShape('rotary table', table, [lists === 1 ? 1 : prompts, length, null, 2]);
  if (width % heads !== 0 || 2 * turns > width / heads) {
    throw new Error(
      `rotary x: expected ${heads} heads of at least ${2 * turns} components, got ${width} in all`,
    );
  }
  const paired = style === 'pairs';
  if (usesComposedOperations()) return composed(x, table, heads, paired);
  const attributes = { heads, paired };
  return differentiable(
    { x, table },
    () => runSingle('Rotary', { x, table }, { ...attributes, inverse: false }),
    (dOut, saved) => [
      runSingle('Rotary', { x: dOut, table: saved.table }, { ...attributes, inverse: true }),
      noGradient(saved.table),
    ],
  );
}

function composed(x: Tensor, table: Tensor, heads: number, paired: boolean): Tensor {
  const [prompts, length, width] = x.shape as [number, number, number];
  const [lists, , turns] = table.shape as [number, number, number];
  const [head, rows] = [width / heads, prompts * length * heads];
  const part = (of: Tensor, from: number, size: number): Tensor =>
    tf.slice(of, [0, from], [rows, size]);
  const flat = tf.reshape(x, [rows, head]);
  const turned = part(flat, 0, 2 * turns);
  const [first, second] = paired
    ? tf.unstack(tf.reshape(turned, [rows, turns, 2]), 2)
    : [part(turned, 0, turns), part(turned, turns, turns)];
  const along = (of: Tensor): Tensor => tf.reshape(of, [prompts, length, heads, turns]);
  const [cos, sin] = tf
    .unstack(tf.reshape(table, [lists * length, turns, 2]), 2)
    .map((of) => tf.reshape(of, [lists, length, 1, turns])) as [Tensor, Tensor];
  const [a, b] = [along(first!), along(second!)];
  const back = (of: Tensor): Tensor => tf.reshape(of, [rows, turns]);
  const outA = back(tf.sub(tf.mul(a, cos), tf.mul(b, sin)));
  const outB = back(tf.add(tf.mul(b, cos), tf.mul(a, sin)));
  const joined = paired
    ? tf.reshape(tf.stack([outA, outB], 2), [rows, 2 * turns])
    : tf.concat([outA, outB], 1);
  const rest = part(flat, 2 * turns, head - 2 * turns);
  return tf.reshape(tf.concat([joined, rest], 1), x.shape);
}
