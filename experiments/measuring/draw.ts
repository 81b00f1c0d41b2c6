import { RandomStream } from '../../src/numerics/random.ts';
import { drawEvaluation } from '../../src/tasks/evaluation.ts';
import type { Evaluation, EvaluationSampler } from '../../src/tasks/evaluation.ts';
import type { PromptSet } from '../../src/tasks/prompt-sets.ts';

/** What draws evaluations, as nodes are given it: one a task, and one for all shifts. */
export type Samplers = { [Name in `sample/${string}`]: EvaluationSampler };

/** A batch of the prompts that a seed stands for. */
export function drawBatch(
  samplers: Samplers,
  evaluation: Evaluation,
  shape: { batch: number; points: number; d: number },
  seed: number,
  index: number,
): PromptSet {
  const sample = samplers[`sample/${evaluation.task}`];
  if (!sample) {
    const got = Object.keys(samplers).join(', ') || 'nothing';
    throw new Error(
      `drawBatch: expected to be given sample/${evaluation.task}, got ${got}; add it to the uses of the node`,
    );
  }
  return drawEvaluation(sample, evaluation, shape, RandomStream.fromSeed(seed), index);
}
