import { lstm } from '../../src/kernels/lstm/op.ts';
import type { LstmInputs } from '../../src/kernels/lstm/op.ts';
import { lstmGradReference, lstmReference } from '../../src/kernels/lstm/reference.ts';
import type { LstmArrays } from '../../src/kernels/lstm/reference.ts';
import type { OperationCase } from './case.ts';

/** @param scale of what enters the gates: 30 saturates them */
function lstmCase(batch: number, length: number, hidden: number, scale = 2): OperationCase {
  const shape = { batch, length, hidden };
  const from = (arrays: object): LstmArrays => arrays as LstmArrays;
  return {
    name: `lstm B${batch} L${length} H${hidden} scale ${scale}`,
    shapes: { x: [batch, length, 4 * hidden], weight: [4 * hidden, hidden] },
    prepare: ({ x, weight }) => ({
      x: x!.map((value) => Math.fround(scale * value)),
      weight: weight!,
    }),
    run: (tensors) => lstm(tensors as LstmInputs),
    reference: (arrays) => lstmReference(from(arrays), shape),
    gradient: (arrays, dOut) => ({ ...lstmGradReference(from(arrays), shape, dOut) }),
  };
}

export const lstmCases: OperationCase[] = [
  lstmCase(1, 1, 1),
  lstmCase(2, 5, 3),
  lstmCase(3, 7, 4, 30),
  lstmCase(5, 17, 6),
  lstmCase(2, 33, 65),
];
