import { readFileSync } from 'node:fs';
import { decode } from '../../numerics/safetensors.ts';
import type { HostTensor } from '../../numerics/safetensors.ts';

export type Tensors = Record<string, HostTensor>;

/** All tensors of a safetensors file. @throws Error that names it */
export function readTensors(path: string): Tensors {
  try {
    return decode(readFileSync(path));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** A tensor that the case must hold. */
export function need(tensors: Readonly<Tensors>, name: string): HostTensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  const got = Object.keys(tensors).join(', ');
  throw new Error(`parity: expected tensor ${name}, got ${got}; the case is incomplete`);
}

/** Golden gradients by the name of what they belong to. */
export const goldenGradients = (tensors: Readonly<Tensors>): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith('grad.'))
      .map(([name, { values }]) => [name.slice('grad.'.length), values]),
  );
