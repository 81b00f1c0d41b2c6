import { scanSpeed } from '../src/artifacts/scan-speed.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import { compareSpeed, measureSpeed } from './nodes/measure-speed.ts';

const doubling = (first: number, last: number): number[] =>
  Array.from({ length: Math.log2(last / first) + 1 }, (_, i) => first * 2 ** i);

// One prompt, at the width of the small models: what a long context costs, not a large batch.
const SHAPE = { batch: 1, d_model: 64 };

/** Time and memory of what mixes tokens, against their number: linear for the scan, quadratic for attention. */
export const experiment = defineExperiment({
  id: 'scan-speed',
  title: 'Selective scan and attention against length',
  presets: {
    smoke: { ...SHAPE, runs: 1, scan: doubling(64, 256), attention: doubling(64, 256) },
    // Attention at 65,536 tokens would take a processor a minute a run.
    small: { ...SHAPE, runs: 7, scan: doubling(64, 65_536), attention: doubling(64, 16_384) },
  },
  data: scanSpeed,
  graph: ({ scan, attention, ...shape }) => {
    const module = import.meta.resolve('./nodes/measure-speed.ts');
    // Each in a process of its own, so that neither finds the scratch memory of the other.
    const measure = (operation: 'scan' | 'attention', length: number[]) =>
      node({
        id: `measure/${operation}`,
        module,
        run: measureSpeed,
        parameters: { ...shape, operation, length },
        seed: 1,
      });
    return node({
      id: 'compare',
      module,
      run: compareSpeed,
      parameters: shape,
      inputs: { scan: measure('scan', scan), attention: measure('attention', attention) },
    });
  },
});
