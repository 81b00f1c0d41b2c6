import type { RandomStream } from '../training/random.ts';
import { sampleLinearRegression } from './linear-regression.ts';
import type { InputDistribution } from './linear-regression.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/**
 * One batch of evaluation prompts, the same wherever it is drawn. A skewed batch shares one basis.
 * @param random the stream of the evaluation's seed
 */
export const evaluationBatch = (
  inputs: InputDistribution,
  shape: PromptShape,
  random: RandomStream,
  batch: number,
): Prompts => sampleLinearRegression(inputs, shape, random.fork(`evaluate ${inputs}`).fork(batch));
