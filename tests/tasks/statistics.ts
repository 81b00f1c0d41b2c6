import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import type { Prompts } from '../../src/tasks/prompts.ts';

export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

export const meanSquare = (values: ArrayLike<number>): number =>
  mean(Array.from(values, (value) => value * value));

/** Row i of rows [n d]. */
export const row = (rows: Float32Array, d: number, i: number): number[] =>
  Array.from(rows.subarray(i * d, (i + 1) * d));

export const rowsOf = (rows: Float32Array, d: number): Matrix =>
  new Matrix(Array.from({ length: rows.length / d }, (_, i) => row(rows, d, i)));

/** Eigenvalues of Xᵀ X / n, falling. */
export function spectrum(xs: Float32Array, d: number): number[] {
  const x = rowsOf(xs, d);
  const { realEigenvalues } = new EigenvalueDecomposition(x.transpose().mmul(x).div(x.rows));
  return [...realEigenvalues].sort((a, b) => b - a);
}

/** The weights of the linear function through all points of one prompt, by least squares. */
export function weightsOf({ points, d, xs, ys }: Prompts, prompt: number): number[] {
  const x = rowsOf(xs.subarray(prompt * points * d, (prompt + 1) * points * d), d);
  const y = Matrix.columnVector(Array.from(ys.subarray(prompt * points, (prompt + 1) * points)));
  return solve(x, y, true).to1DArray();
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
