import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { learningCurves, withWeights } from '../../../artifacts/learning-curves.ts';
import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import { readArtifact } from '../../results/artifacts.ts';

/** Whether an experiment has probes, or permutations, at a preset: not all that train models have. */
export const hasAt =
  (what: 'probes' | 'order') =>
  async (id: string, preset: Preset, neededBy: string): Promise<boolean> =>
    (await readLearningCurves(id, neededBy, preset)).data[what].length > 0;

export type LearningCurveArtifact = Artifact<LearningCurves>;

/** The artifact of an experiment that measures learning curves. */
export const readLearningCurves = (
  id: string,
  neededBy: string,
  preset?: Preset,
): Promise<LearningCurveArtifact> =>
  readArtifact(id, learningCurves, neededBy, preset).then(withWeights);
