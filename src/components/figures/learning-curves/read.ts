import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { learningCurves, withWeights } from '../../../artifacts/learning-curves.ts';
import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type LearningCurveArtifact = Artifact<LearningCurves>;

/** The artifact of an experiment that measures learning curves. */
export const readLearningCurves = (
  id: string,
  neededBy: string,
  preset?: Preset,
): Promise<LearningCurveArtifact> =>
  readArtifact(id, learningCurves, neededBy, preset).then(withWeights);
