import { afterAll, beforeAll, describe, it } from 'vitest';
import { openRuntime } from '../../src/runtime/node.ts';
import type { BackendName, Runtime } from '../../src/runtime/runtime.ts';
import { registerWebgpuKernels } from '../../src/kernels/webgpu/register.ts';
import { otherCases } from './other.cases.ts';
import { scanCases } from './selective-scan.cases.ts';
import { drawArrays, expectClose, finiteDifferences, runWithGradients, sizeOf } from './support.ts';
import type { OperationCase } from './case.ts';

const cases: OperationCase[] = [...scanCases, ...otherCases];
const backends: BackendName[] = ['cpu', 'webgpu'];

function drawn({ shapes, prepare, reference }: OperationCase) {
  const raw = drawArrays(shapes, 7);
  const arrays = prepare ? prepare(raw) : raw;
  const golden = reference(arrays);
  const dOut = drawArrays({ dOut: [golden.length] }, 8).dOut as Float64Array;
  return { arrays, golden, dOut };
}

describe('float64 references', () => {
  it.each(cases)('$name: backward agrees with finite differences', (operation) => {
    const { arrays, dOut } = drawn(operation);
    if (sizeOf([dOut.length]) > 400) return;
    expectClose(
      finiteDifferences(operation.reference, arrays, dOut),
      operation.gradient(arrays, dOut),
      1e-6,
    );
  });
});

describe.each(backends)('on %s', (backend) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openRuntime({ backend });
    registerWebgpuKernels();
  });
  afterAll(async () => runtime.close());

  it.each(cases)('$name', async (operation) => {
    const { arrays, golden, dOut } = drawn(operation);
    const { out, gradients } = await runWithGradients(
      operation.run,
      operation.shapes,
      arrays,
      dOut,
    );
    expectClose({ out }, { out: golden }, 1e-5);
    expectClose(gradients, operation.gradient(arrays, dOut), 1e-4);
    runtime.check();
  });
});
