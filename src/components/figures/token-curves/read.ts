import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { tokenCurves } from '../../../artifacts/token-curves.ts';
import type { TokenCurves } from '../../../artifacts/token-curves.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type TokenCurvesArtifact = Artifact<TokenCurves>;

/** The artifact of an experiment on sequences of tokens. */
export const readTokenCurves = (
  id: string,
  neededBy: string,
  preset?: Preset,
): Promise<TokenCurvesArtifact> => readArtifact(id, tokenCurves, neededBy, preset);
