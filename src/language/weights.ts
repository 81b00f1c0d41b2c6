import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensors } from '../checkpoints/checkpoint.ts';
import { byteLength, stored, toFloat32 } from '../checkpoints/tensor.ts';
import type { TensorInfo } from '../checkpoints/tensor.ts';
import type { TensorFile } from '../checkpoints/tensors.ts';
import { embedding } from '../kernels/embedding/op.ts';
import { halfLinear, halfMatrix, halfRows, hasHalfMatrices } from '../kernels/half-linear/op.ts';
import type { HalfFormat, HalfMatrix } from '../kernels/half-linear/op.ts';
import { linear } from '../kernels/linear/op.ts';

/** What of a checkpoint a tensor is made of, in this order: parts stacked, transposed, rows ordered, then `make`. */
export interface Need {
  /** Names and shapes in the checkpoint; several are stacked along the first axis. */
  from: readonly (readonly [name: string, shape: readonly number[]])[];
  /** Whether it is stored [in out]. */
  transposed?: boolean;
  /** Row i is this row of the parts. */
  rows?: readonly number[];
  make?: (tensor: Tensor) => Tensor;
  /** Whether it is only multiplied by or looked up in, so that it may stay in 16 bits. */
  matrix?: boolean;
}

/** How matrices are kept: as the checkpoint stores them, where the backend can; or as float32. */
export type WeightFormat = 'stored' | 'float32';

type Weight = Tensor | HalfMatrix;

const isHalf = (weight: Weight | undefined): weight is HalfMatrix =>
  weight !== undefined && 'words' in weight;

/** A network's tensors on the device. */
export class Weights {
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #prefix: string;

  constructor(weights: ReadonlyMap<string, Weight>, prefix = '') {
    this.#weights = weights;
    this.#prefix = prefix;
  }

  /** Those of a layer, by their names inside it. */
  layer = (index: number): Weights => new Weights(this.#weights, `${index}.`);

  has = (name: string): boolean => this.#weights.has(this.#prefix + name);

  find(name: string): Tensor | undefined {
    const found = this.#weights.get(this.#prefix + name);
    return isHalf(found) ? undefined : found;
  }

  tensor(name: string): Tensor {
    const found = this.find(name);
    if (found) return found;
    throw new Error(`weights: expected ${this.#prefix}${name}, got none; name it among the needs`);
  }

  /** x `name.weight`ᵀ + `name.bias`, where there is a bias. [… in] → [… out] */
  linear(name: string, x: Tensor): Tensor {
    const weight = this.#weights.get(`${this.#prefix}${name}.weight`);
    const bias = this.find(`${name}.bias`);
    return isHalf(weight)
      ? halfLinear(x, weight, bias)
      : linear(x, this.tensor(`${name}.weight`), bias);
  }

  /** Rows of `name.weight`. ids [B][L] → [B L size] */
  rows(name: string, ids: readonly (readonly number[])[]): Tensor {
    const weight = this.#weights.get(`${this.#prefix}${name}.weight`);
    const shape: [number, number] = [ids.length, ids[0]?.length ?? 0];
    const tensor = tf.tensor(Int32Array.from(ids.flat()), shape, 'int32');
    return isHalf(weight)
      ? halfRows(tensor, weight)
      : embedding(tensor, this.tensor(`${name}.weight`));
  }

  dispose(): void {
    for (const weight of this.#weights.values()) (isHalf(weight) ? weight.words : weight).dispose();
  }
}

/** The format of 16 bits in which a tensor stays on the current backend; undefined where it becomes float32. */
function halfFormat(
  { matrix = false, from }: Need,
  file: TensorFile,
  format: WeightFormat,
): HalfFormat | undefined {
  if (!matrix || format === 'float32' || !hasHalfMatrices()) return undefined;
  const [dtype, ...others] = new Set(from.map(([name]) => file.tensors.get(name)?.dtype));
  return others.length === 0 && (dtype === 'F16' || dtype === 'BF16') ? dtype : undefined;
}

const partsOf = (file: TensorFile, { from }: Need): TensorInfo[] =>
  from.flatMap(([name]) => file.tensors.get(name) ?? []);

const elementsOf = (parts: readonly TensorInfo[]): number =>
  parts.reduce((sum, { shape }) => sum + shape.reduce((n, size) => n * size, 1), 0);

/** Bytes on the device of what a network needs, and the most that reading one tensor takes besides. */
export function weightBytes(
  file: TensorFile,
  needs: Readonly<Record<string, Need>>,
  format: WeightFormat,
): { kept: number; besides: number; largest: number } {
  const sizes = Object.values(needs).map((need) => {
    const parts = partsOf(file, need);
    const kept = elementsOf(parts) * (halfFormat(need, file, format) ? 2 : 4);
    const read = parts.reduce((sum, part) => sum + byteLength(part), 0);
    return { kept, besides: read + (kept === read ? 0 : kept) };
  });
  return {
    kept: sizes.reduce((sum, { kept }) => sum + kept, 0),
    besides: Math.max(...sizes.map(({ besides }) => besides)),
    largest: Math.max(...sizes.map(({ kept }) => kept)),
  };
}

/**
 * Reads what a network needs, one tensor after another, so that little besides the weights is in memory.
 * @param superfluous names of tensors that may be in the file besides
 * @throws CheckpointError naming missing, superfluous and misshapen tensors, all at once
 */
export async function loadWeights(
  file: TensorFile,
  needs: Readonly<Record<string, Need>>,
  { format, onProgress = () => {} }: { format: WeightFormat; onProgress?: OnProgress | undefined },
): Promise<Weights> {
  const parts = new Set(Object.values(needs).flatMap((need) => partsOf(file, need)));
  const total = [...parts].reduce((sum, part) => sum + byteLength(part), 0);
  const weights = new Map<string, Weight>();
  let done = 0;
  try {
    for (const [name, need] of Object.entries(needs)) {
      const half = halfFormat(need, file, format);
      const pieces: Elements[] = [];
      for (const [part] of need.from) {
        const tensor = await file.read(part);
        pieces.push(half ? (stored(tensor) as Uint16Array) : toFloat32(tensor));
        onProgress((done += tensor.bytes.length), total);
      }
      weights.set(name, assemble(need, pieces, half));
    }
  } catch (error) {
    new Weights(weights).dispose();
    throw error;
  }
  return new Weights(weights);
}

export type OnProgress = (done: number, total: number) => void;

/** @throws CheckpointError naming missing, superfluous and misshapen tensors, all at once */
export const checkNeeds = (
  file: TensorFile,
  needs: Readonly<Record<string, Need>>,
  superfluous: readonly RegExp[],
): void =>
  checkTensors(file, new Map(Object.values(needs).flatMap(({ from }) => from)), superfluous);

type Elements = Float32Array | Uint16Array;

function assemble(need: Need, pieces: Elements[], half: HalfFormat | undefined): Weight {
  const { from, transposed = false, rows, make = (tensor) => tensor } = need;
  const [, first] = from[0]!;
  const length = from.reduce((sum, [, shape]) => sum + shape[0]!, 0);
  const stacked = pieces.length === 1 ? pieces[0]! : concatenated(pieces);
  const upright = transposed ? transpose(stacked, length) : stacked;
  const ordered = rows ? inOrder(upright, rows) : upright;
  const shape = transposed ? [first[1]!, length] : [length, ...first.slice(1)];
  if (ordered instanceof Uint16Array) return halfMatrix(ordered, shape as [number, number], half!);
  return tf.tidy(() => make(tf.tensor(ordered, shape)));
}

/** As many zeros, of the same kind. */
const like = (values: Elements, length = values.length): Elements =>
  values instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);

function concatenated(pieces: readonly Elements[]): Elements {
  const all = like(
    pieces[0]!,
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function transpose(values: Elements, rows: number): Elements {
  const columns = values.length / rows;
  const turned = like(values);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = values[row * columns + column]!;
  return turned;
}

function inOrder(values: Elements, rows: readonly number[]): Elements {
  const size = values.length / rows.length;
  const ordered = like(values);
  rows.forEach((row, i) => ordered.set(values.subarray(row * size, (row + 1) * size), i * size));
  return ordered;
}
