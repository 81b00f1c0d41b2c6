import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { hendel } from '../../../artifacts/hendel.ts';
import type { Hendel } from '../../../artifacts/hendel.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type HendelArtifact = Artifact<Hendel>;

/** The artifact of tasks of language, what was published and what ran here. */
export const readHendel = (neededBy: string, preset?: Preset): Promise<HendelArtifact> =>
  readArtifact('hendel', hendel, neededBy, preset);
