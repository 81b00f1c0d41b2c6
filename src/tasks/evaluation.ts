import type { RandomStream } from '../numerics/random.ts';
import type { Sampler, Task } from './index.ts';
import type { LinearShift, SampleShifted } from './linear-shifts.ts';
import type { PromptSet } from './prompt-sets.ts';
import type { PromptShape } from './prompts.ts';

/** A distribution of evaluation prompts: a task, or a shift away from linear regression. */
export type Evaluation = Task | { task: 'shifted'; shift: LinearShift };

/** What draws an evaluation: the sampler of its task, or `sampleShifted`. */
export type EvaluationSampler = Sampler | SampleShifted;

export type EvaluationShape = Omit<PromptShape, 'activeDims'>;

/**
 * One batch of evaluation prompts, the same wherever it is drawn. A skewed batch shares one basis; shifts are made
 * from the deviates of the isotropic evaluation, so that they compare prompt by prompt.
 * @param sample the evaluation's own
 * @param random the stream of the evaluation's seed
 */
export function drawEvaluation(
  sample: EvaluationSampler,
  evaluation: Evaluation,
  shape: EvaluationShape,
  random: RandomStream,
  batch: number,
): PromptSet {
  if (evaluation.task === 'shifted') {
    const isotropic = random.fork('evaluate isotropic');
    return (sample as SampleShifted)(evaluation.shift, shape, isotropic, batch);
  }
  const name = evaluation.task === 'linear-regression' ? evaluation.inputs : evaluation.task;
  return (sample as Sampler)(shape, random.fork(`evaluate ${name}`).fork(batch), evaluation);
}

/** Points that prompts of an evaluation can have: orthogonal queries run out of directions. */
export const pointsOf = (evaluation: Evaluation, points: number, d: number): number =>
  evaluation.task === 'shifted' && evaluation.shift.kind === 'orthogonal-query'
    ? Math.min(points, d)
    : points;
