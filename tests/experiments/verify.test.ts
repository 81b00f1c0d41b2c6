import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyLearningCurves } from '../../experiments/measuring/verify.ts';
import { experiment } from '../../experiments/skewed-linear-regression.ts';
import { parseArtifact } from '../../src/artifacts/artifact.ts';
import type { Artifact } from '../../src/artifacts/artifact.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Comparison } from '../../src/lab/experiment.ts';
import { readSpread, toleranceOf } from '../../src/lab/spread.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { decode, encode } from '../../src/numerics/safetensors.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { open } from '../kernels/backends.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = 5;

/** The committed artifact, of its first Mamba and Transformer two evaluations each. */
function committed(): Artifact<LearningCurves> {
  const path = join(ROOT, 'public/artifacts/skewed-linear-regression.small.json');
  const whole = parseArtifact(JSON.parse(readFileSync(path, 'utf8')), experiment.data, path);
  const { data, ...rest } = whole as Artifact<LearningCurves>;
  const trainings = data.trainings.filter(
    ({ method, seed }) => seed === 1 && ['mamba', 'gpt2'].includes(method),
  );
  const curves = data.curves.filter(({ evaluation }) =>
    ['training', 'repeated-query'].includes(evaluation),
  );
  return { ...rest, data: { ...data, trainings, curves } };
}

type Alter = (values: Float32Array, name: string) => void;

function verify(
  alter: Alter = () => {},
  wants: (name: string) => boolean = () => true,
): Promise<Comparison[]> {
  const read = (path: string): Promise<Uint8Array> => {
    const tensors = decode(readFileSync(join(ROOT, 'public', path)));
    for (const [name, { values }] of Object.entries(tensors)) alter(values, name);
    return Promise.resolve(encode(tensors));
  };
  return Array.fromAsync(
    verifyLearningCurves({ artifact: committed(), read, wants, examples: EXAMPLES }),
  );
}

describe('committed weights, evaluated again', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open('wasm');
  });
  afterAll(() => runtime.close());

  test('give the committed curves within the tolerance of the table of devices', async () => {
    const tolerance = toleranceOf(await readSpread(openWorkspace(ROOT)));
    const comparisons = await verify();
    expect(comparisons.map(({ name }) => name)).toEqual([
      'mamba-1 on training',
      'mamba-1 on repeated-query',
      'gpt2-1 on training',
      'gpt2-1 on repeated-query',
    ]);
    for (const { relativeError } of comparisons) expect(relativeError).toBeLessThan(tolerance);
  });

  test('are beyond it with one tensor a hundredth off', async () => {
    const tolerance = toleranceOf(await readSpread(openWorkspace(ROOT)));
    const comparisons = await verify((values, name) => {
      if (/norm_f\.weight|ln_f\.weight/.test(name))
        values.forEach((value, i) => (values[i] = 1.01 * value));
    });
    for (const { relativeError } of comparisons) expect(relativeError).toBeGreaterThan(tolerance);
  });

  test('are evaluated for the curves that are asked for', async () => {
    const names = (await verify(undefined, (name) => name.startsWith('gpt2'))).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['gpt2-1 on training', 'gpt2-1 on repeated-query']);
  });

  test('count as infinitely far off where they are not numbers', async () => {
    const [comparison] = await verify((values) => values.fill(NaN));
    expect(comparison!.relativeError).toBe(Infinity);
  });
});
