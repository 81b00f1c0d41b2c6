import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensors } from '../checkpoints/checkpoint.ts';
import { byteLength, toFloat32 } from '../checkpoints/tensor.ts';
import type { TensorFile } from '../checkpoints/tensors.ts';
import { embedding } from '../kernels/embedding/op.ts';
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
}

/** A network's tensors on the device. */
export class Weights {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #prefix: string;

  constructor(tensors: ReadonlyMap<string, Tensor>, prefix = '') {
    this.#tensors = tensors;
    this.#prefix = prefix;
  }

  /** Those of a layer, by their names inside it. */
  layer = (index: number): Weights => new Weights(this.#tensors, `${index}.`);

  find = (name: string): Tensor | undefined => this.#tensors.get(this.#prefix + name);

  tensor(name: string): Tensor {
    const found = this.find(name);
    if (found) return found;
    throw new Error(`weights: expected ${this.#prefix}${name}, got none; name it among the needs`);
  }

  /** x `name.weight`ᵀ + `name.bias`, where there is a bias. [… in] → [… out] */
  linear = (name: string, x: Tensor): Tensor =>
    linear(x, this.tensor(`${name}.weight`), this.find(`${name}.bias`));

  /** Rows of `name.weight`. ids [B][L] → [B L size] */
  rows = (name: string, ids: readonly (readonly number[])[]): Tensor =>
    embedding(
      tf.tensor(Int32Array.from(ids.flat()), [ids.length, ids[0]?.length ?? 0], 'int32'),
      this.tensor(`${name}.weight`),
    );

  dispose = (): void => tf.dispose([...this.#tensors.values()]);
}

/**
 * Reads what a network needs, one tensor after another, so that little besides the weights is in memory.
 * @param superfluous names of tensors that may be in the file besides
 * @throws CheckpointError naming missing, superfluous and misshapen tensors, all at once
 */
export async function loadWeights(
  file: TensorFile,
  needs: Readonly<Record<string, Need>>,
  superfluous: readonly RegExp[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Weights> {
  const parts = new Map(Object.values(needs).flatMap(({ from }) => from));
  checkTensors(file, parts, superfluous);
  const total = [...parts.keys()].reduce(
    (sum, name) => sum + byteLength(file.tensors.get(name)!),
    0,
  );
  const tensors = new Map<string, Tensor>();
  let done = 0;
  try {
    for (const [name, need] of Object.entries(needs)) {
      const pieces: Float32Array[] = [];
      for (const [part] of need.from) {
        const read = await file.read(part);
        pieces.push(toFloat32(read));
        onProgress((done += read.bytes.length), total);
      }
      tensors.set(name, assemble(need, pieces));
    }
  } catch (error) {
    tf.dispose([...tensors.values()]);
    throw error;
  }
  return new Weights(tensors);
}

function assemble({ from, transposed = false, rows, make }: Need, pieces: Float32Array[]): Tensor {
  const [, first] = from[0]!;
  const stacked = pieces.length === 1 ? pieces[0]! : concatenated(pieces);
  const length = from.reduce((sum, [, shape]) => sum + shape[0]!, 0);
  const shape = [length, ...first.slice(1)];
  const ordered = rows ? inOrder(stacked, rows) : stacked;
  return tf.tidy(() => {
    const tensor = tf.tensor(ordered, shape);
    const upright: Tensor = transposed ? tf.transpose(tensor) : tensor;
    return make ? make(upright) : upright;
  });
}

function concatenated(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function inOrder(values: Float32Array, rows: readonly number[]): Float32Array {
  const size = values.length / rows.length;
  const ordered = new Float32Array(values.length);
  rows.forEach((row, i) => ordered.set(values.subarray(row * size, (row + 1) * size), i * size));
  return ordered;
}
