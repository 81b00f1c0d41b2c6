import { elements } from './tensor.ts';

/** Where a tensor's elements are in its storage, in elements. */
export interface Layout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Elements of the storage from the tensor's first to its last, both counted. */
export const span = ({ shape, stride }: Layout): number =>
  elements(shape) === 0 ? 0 : 1 + shape.reduce((sum, n, i) => sum + (n - 1) * (stride[i] ?? 0), 0);

/** Whether the elements lie one after the other, row by row. */
export function isContiguous({ shape, stride }: Layout): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] ?? 1;
    if (size !== 1 && stride[i] !== step) return false;
    step *= size;
  }
  return true;
}

/**
 * The elements row by row.
 * @param bytes those of `span(layout)` elements
 * @param width bytes an element
 */
export function gather(
  bytes: Uint8Array<ArrayBuffer>,
  layout: Layout,
  width: number,
): Uint8Array<ArrayBuffer> {
  const { shape, stride } = layout;
  const gathered = new Uint8Array(elements(shape) * width);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < gathered.length; to += width) {
    for (let i = 0; i < width; i++) gathered[to + i] = bytes[from * width + i] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      from += stride[axis] ?? 0;
      if (index[axis] !== shape[axis]) break;
      index[axis] = 0;
      from -= (stride[axis] ?? 0) * (shape[axis] ?? 0);
    }
  }
  return gathered;
}
