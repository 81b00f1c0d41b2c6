import type { Artifact, Preset } from '../../../artifacts/artifact.ts';
import { scanSpeed } from '../../../artifacts/scan-speed.ts';
import type { ScanSpeed } from '../../../artifacts/scan-speed.ts';
import { readArtifact } from '../../results/artifacts.ts';

export type ScanSpeedArtifact = Artifact<ScanSpeed>;

/** The artifact that times scan and attention. */
export const readScanSpeed = (neededBy: string, preset?: Preset): Promise<ScanSpeedArtifact> =>
  readArtifact('scan-speed', scanSpeed, neededBy, preset);
