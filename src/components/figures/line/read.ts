import { alongALine } from '../../../artifacts/along-a-line.ts';
import type { AlongALine } from '../../../artifacts/along-a-line.ts';
import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type AlongALineArtifact = Artifact<AlongALine>;

/** The artifact of what models believe along a line. */
export const readAlongALine = (neededBy: string, preset?: Preset): Promise<AlongALineArtifact> =>
  readArtifact('along-a-line', alongALine, neededBy, preset);
