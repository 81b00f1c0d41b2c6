import type { GradientDescentRuns } from '../../src/artifacts/mechanisms.ts';
import { gammaGrid, gradientDescentPaths } from '../../src/baselines/gradient-descent.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { rounded } from '../../src/numerics/statistics.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import type { InputDistribution } from '../../src/tasks/linear-regression.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { probePrompts } from '../measuring/probe-prompts.ts';
import type { ProbeParameters } from '../measuring/probe-prompts.ts';

export type DescendParameters = {
  d: number;
  /** By name: the distribution of x. */
  inputs: Record<string, InputDistribution>;
  /** Examples descended on. */
  k: number;
  probe: ProbeParameters;
  /** Steps from w = 0. */
  steps: number;
  /** Values of γ to choose from. */
  gammas: number;
};

/** Gradient descent and GD++ on the prompts of the probes, whose fitting tokens they leave out as well. */
export function descend({ parameters }: NodeContext<DescendParameters>): Promise<Files> {
  const { d, inputs, k, probe, steps, gammas } = parameters;
  const runs = Object.entries(inputs).map(([name, distribution]) => {
    const batches = probePrompts(
      (shape, random) => sampleLinearRegression(shape, random, { inputs: distribution }),
      probe,
      k,
      d,
    );
    const errors = (gamma: number): number[] => meanErrors(batches, probe, k, { steps, gamma });
    const gamma = gammaGrid(d, k, gammas);
    const last = gamma.map((value) => errors(value)[steps]!);
    const best = gamma[last.indexOf(Math.min(...last))]!;
    const run: GradientDescentRuns['runs'][string] = {
      k,
      tasks: probe.tasks,
      tested: probe.tested,
      gd: errors(0),
      gdPlusPlus: errors(best),
      gamma: rounded(best),
      grid: { gamma: gamma.map(rounded), error: last },
    };
    return [name, run] as const;
  });
  return Promise.resolve(
    dataFile({ d, runs: Object.fromEntries(runs) } satisfies GradientDescentRuns),
  );
}

/** Squared error / d after every step, mean over functions and tested tokens. */
function meanErrors(
  batches: readonly Prompts[],
  { fitted, tested, tasks }: ProbeParameters,
  k: number,
  options: { steps: number; gamma: number },
): number[] {
  const sums = new Float64Array(options.steps + 1);
  for (const prompts of batches) {
    const paths = gradientDescentPaths(prompts, k, options);
    for (let row = 0; row < prompts.batch * (fitted + tested); row++) {
      const token = row % (fitted + tested);
      if (token < fitted) continue;
      const b = Math.floor(row / (fitted + tested));
      const target = prompts.ys[b * prompts.points + k + token]!;
      for (let step = 0; step <= options.steps; step++) {
        sums[step]! += (paths[row * sums.length + step]! - target) ** 2 / prompts.d;
      }
    }
  }
  return Array.from(sums, (sum) => rounded(sum / (tasks * tested)));
}
