import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { gradientDescentRuns } from '../../../artifacts/mechanisms.ts';
import type { GradientDescentRuns } from '../../../artifacts/mechanisms.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type GradientDescentArtifact = Artifact<GradientDescentRuns>;

/** The artifact of the descents beside the probes. */
export const readGradientDescent = (
  neededBy: string,
  preset?: Preset,
): Promise<GradientDescentArtifact> =>
  readArtifact('gradient-descent', gradientDescentRuns, neededBy, preset);
