import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { scaling } from '../../../artifacts/scaling.ts';
import type { Scaling } from '../../../artifacts/scaling.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type ScalingArtifact = Artifact<Scaling>;

/** The artifact of error against dimension and length of training. */
export const readScaling = (neededBy: string, preset?: Preset): Promise<ScalingArtifact> =>
  readArtifact('scaling', scaling, neededBy, preset);
