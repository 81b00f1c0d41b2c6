import { selectiveScan } from '../../src/kernels/selective-scan/op.ts';
import type { SelectiveScanInputs } from '../../src/kernels/selective-scan/op.ts';
import { scanGradReference, scanReference } from '../../src/kernels/selective-scan/reference.ts';
import type { ScanArrays } from '../../src/kernels/selective-scan/reference.ts';
import type { OperationCase } from './case.ts';

const OPTIONAL = ['D', 'z', 'deltaBias', 'initialState'] as const;
type Optional = (typeof OPTIONAL)[number];

/** @param steepness scales A: at 90, decays leave the range of float32 */
function scanCase(
  [batch, length, channels, states]: readonly [number, number, number, number],
  optional: readonly Optional[],
  deltaSoftplus: boolean,
  steepness = 1,
): OperationCase {
  const all = {
    u: [batch, length, channels],
    delta: [batch, length, channels],
    A: [channels, states],
    B: [batch, length, states],
    C: [batch, length, states],
    D: [channels],
    z: [batch, length, channels],
    deltaBias: [channels],
    initialState: [batch, channels, states],
  };
  const shape = { batch, length, channels, states };
  const given = Object.entries(all).filter(
    ([name]) => !OPTIONAL.includes(name as Optional) || optional.includes(name as Optional),
  );
  const shapeName = `B${batch} L${length} D${channels} N${states}`;
  return {
    name: `selectiveScan ${shapeName} [${optional.join(' ')}]${deltaSoftplus ? ' softplus' : ''}${steepness > 1 ? ' steep' : ''}`,
    shapes: Object.fromEntries(given),
    prepare: (arrays) => ({
      ...arrays,
      A: (arrays.A ?? new Float64Array()).map((x) => Math.fround(steepness * (x - 1.5))),
      delta: (arrays.delta ?? new Float64Array()).map((x) =>
        Math.fround(deltaSoftplus ? 4 * x : 0.5 + x / 4),
      ),
    }),
    run: (tensors) => selectiveScan(tensors as unknown as SelectiveScanInputs, deltaSoftplus),
    reference: (arrays) => scanReference(shape, arrays as unknown as ScanArrays, deltaSoftplus).out,
    gradient: (arrays, dOut) => ({
      ...scanGradReference(shape, arrays as unknown as ScanArrays, deltaSoftplus, dOut),
    }),
  };
}

export const scanCases: OperationCase[] = [
  scanCase([1, 1, 1, 1], [], false),
  scanCase([2, 7, 5, 3], ['D', 'z', 'deltaBias', 'initialState'], true),
  scanCase([1, 15, 4, 2], ['z'], true),
  scanCase([2, 16, 31, 4], ['D'], false),
  scanCase([1, 17, 33, 4], ['deltaBias'], true),
  scanCase([2, 33, 3, 16], ['D', 'z'], true),
  scanCase([1, 5, 2, 17], ['D', 'z', 'deltaBias'], true),
  scanCase([1, 19, 2, 33], ['z', 'deltaBias', 'initialState'], false),
  scanCase([2, 11, 6, 5], ['D', 'z'], true, 90),
  scanCase([2, 129, 5, 3], ['D', 'initialState'], true),
  scanCase([1, 257, 9, 6], ['z', 'deltaBias', 'initialState'], true),
];
