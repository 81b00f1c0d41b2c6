import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../linear/op.ts';
import {
  differentiable,
  expectIds,
  expectShape,
  noGradient,
  runKernel,
  runSingle,
  usesComposedOperations,
} from '../op.ts';
import { IGNORED } from './reference.ts';

/**
 * -log softmax(logits)[target] of each row, fused: no probabilities are kept.
 *
 * Kernels: `CrossEntropy` logits [R V], targets int32 [R] → losses [R], log Σ exp(logits) [R];
 * `CrossEntropyGrad` dLoss [R], logits, targets, totals [R] → dLogits [R V]. The row of a target `IGNORED` has loss
 * and gradient zero. Any other target outside 0 … V - 1 is an error; on `webgpu`, which cannot tell before it runs,
 * its loss is NaN.
 * @returns [R]
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  expectShape('crossEntropy logits', logits, [null, null]);
  const [rows, classes] = logits.shape as [number, number];
  expectShape('crossEntropy targets', targets, [rows]);
  expectIds('crossEntropy targets', targets, classes, IGNORED);
  if (usesComposedOperations()) return composed(logits, targets);
  return differentiable(
    { logits, targets },
    () => losses(logits, targets),
    (dLoss, saved) => [gradient(dLoss, saved.logits, saved.targets), noGradient(saved.targets)],
  );
}

/** Logits of one block of rows, in bytes. */
const BLOCK_BYTES = 2 ** 24;

/**
 * The cross entropy of a language model's head, logits = hidden weightᵀ, block of rows by block of rows: at any
 * moment the logits of one block are there, and in the backward pass, which makes them anew, their gradient.
 * @param hidden [R D]
 * @param weight [V D]: the head's own, or the embedding's where they are tied
 * @param targets int32 [R], `IGNORED` where there is none
 * @param rowsAtOnce rows of a block; left out, as many as make 16 MiB
 * @returns [R]
 */
export function headCrossEntropy(
  hidden: Tensor,
  weight: Tensor,
  targets: Tensor,
  rowsAtOnce?: number,
): Tensor {
  expectShape('headCrossEntropy weight', weight, [null, null]);
  const [classes, size] = weight.shape as [number, number];
  expectShape('headCrossEntropy hidden', hidden, [null, size]);
  const rows = hidden.shape[0];
  expectShape('headCrossEntropy targets', targets, [rows]);
  expectIds('headCrossEntropy targets', targets, classes, IGNORED);
  if (usesComposedOperations()) return composed(linear(hidden, weight), targets);
  const block = rowsAtOnce ?? Math.max(1, Math.floor(BLOCK_BYTES / 4 / classes));
  return differentiable(
    { hidden, weight, targets },
    () => headLosses(hidden, weight, targets, block),
    (dLoss, saved) => [
      ...headGradients(dLoss, saved.hidden, saved.weight, saved.targets, block),
      noGradient(saved.targets),
    ],
  );
}

function losses(logits: Tensor, targets: Tensor): Tensor {
  const [loss, totals] = runKernel('CrossEntropy', { logits, targets }) as [Tensor, Tensor];
  totals.dispose();
  return loss;
}

function gradient(dLoss: Tensor, logits: Tensor, targets: Tensor): Tensor {
  const [loss, totals] = runKernel('CrossEntropy', { logits, targets }) as [Tensor, Tensor];
  loss.dispose();
  return runSingle('CrossEntropyGrad', { dLoss, logits, targets, totals });
}

/** First row and number of rows of each block. */
const blocksOf = (rows: number, block: number): [number, number][] =>
  Array.from({ length: Math.ceil(rows / block) }, (_, i) => [
    i * block,
    Math.min(block, rows - i * block),
  ]);

const rowsOf = (x: Tensor, from: number, count: number): Tensor =>
  x.rank === 1
    ? tf.slice(x, [from], [count])
    : tf.slice(x, [from, 0], [count, x.shape[1] as number]);

function headLosses(hidden: Tensor, weight: Tensor, targets: Tensor, block: number): Tensor {
  const parts = blocksOf(hidden.shape[0], block).map(([from, count]) =>
    tf.tidy(() => {
      const logits: Tensor = tf.matMul(rowsOf(hidden, from, count), weight, false, true);
      return losses(logits, rowsOf(targets, from, count));
    }),
  );
  return tf.concat(parts);
}

function headGradients(
  dLoss: Tensor,
  hidden: Tensor,
  weight: Tensor,
  targets: Tensor,
  block: number,
): Tensor[] {
  const dHidden: Tensor[] = [];
  let dWeight: Tensor | undefined;
  for (const [from, count] of blocksOf(hidden.shape[0], block)) {
    const before = dWeight;
    const [ofHidden, ofWeight] = tf.tidy<[Tensor, Tensor]>(() => {
      const rows = rowsOf(hidden, from, count);
      const logits: Tensor = tf.matMul(rows, weight, false, true);
      const dLogits = gradient(rowsOf(dLoss, from, count), logits, rowsOf(targets, from, count));
      logits.dispose();
      const added: Tensor = tf.matMul(dLogits, rows, true, false);
      return [tf.matMul(dLogits, weight), before ? tf.add(before, added) : added];
    });
    before?.dispose();
    dHidden.push(ofHidden);
    dWeight = ofWeight;
  }
  return [tf.concat(dHidden, 0), dWeight!];
}

function composed(logits: Tensor, targets: Tensor): Tensor {
  const classes = logits.shape[1] as number;
  const isTarget = tf.equal(tf.expandDims(targets, 1), tf.range(0, classes, 1, 'int32'));
  const chosen = tf.sum(tf.where(isTarget, logits, tf.zerosLike(logits)), 1);
  const counts = tf.cast(tf.notEqual(targets, IGNORED), 'float32');
  return tf.mul(counts, tf.sub(tf.logSumExp(logits, 1), chosen));
}
