import { existsSync, readFileSync } from 'node:fs';
import { artifactPath } from '../src/artifacts/artifact.ts';
import type { Preset } from '../src/artifacts/artifact.ts';
import { CLAIMS, claimLedger } from '../src/artifacts/claims.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import { sha256 } from '../src/lab/hash.ts';
import { judgeClaims } from './claims/judge.ts';
import { resourcesOf } from './settings/resources.ts';

/** The experiments whose artifacts claims read. */
const EXPERIMENTS = [
  'skewed-linear-regression',
  'sparse-linear-regression',
  'relu-network',
  'decision-tree',
  'isotropic-linear-regression',
  'longer-contexts',
  'gradient-descent',
  'other-architectures',
  'state-noise',
];

/** Of the artifact as it lies there now; null where there is none. */
function sha256Of(id: string, preset: Preset): string | null {
  const url = new URL(`../public/${artifactPath(id, preset)}`, import.meta.url);
  return existsSync(url) ? sha256(readFileSync(url)) : null;
}

/**
 * The ledger of claims. It reads other experiments' artifacts, whose hashes are parameters of its node: a new or
 * changed artifact makes it stale, a missing one makes verdicts `not run`. In the same command as those experiments
 * it may run before them; run it once more then.
 */
export const experiment = defineExperiment({
  id: CLAIMS,
  title: 'Claims of the paper and what became of them',
  presets: { smoke: {}, small: {}, paper: {} },
  data: claimLedger,
  graph: (_, preset) =>
    node({
      id: 'ledger',
      module: import.meta.resolve('./claims/judge.ts'),
      run: judgeClaims,
      parameters: {
        preset,
        artifacts: Object.fromEntries(EXPERIMENTS.map((id) => [id, sha256Of(id, preset)])),
      },
      ...resourcesOf(preset, 'artifact'),
    }),
});
