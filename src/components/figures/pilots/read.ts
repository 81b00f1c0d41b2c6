import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { pilots } from '../../../artifacts/pilots.ts';
import type { Pilots } from '../../../artifacts/pilots.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type PilotsArtifact = Artifact<Pilots>;

/** The artifact of short trainings on one grid of settings. */
export const readPilots = (neededBy: string, preset?: Preset): Promise<PilotsArtifact> =>
  readArtifact('pilots', pilots, neededBy, preset);
