import { CLAIMS, claimLedger } from '../src/artifacts/claims.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
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
  'markov',
  'hendel',
];

/**
 * The ledger of claims. It reads other experiments' artifacts: a new or changed one makes it stale, a missing one
 * makes verdicts `not run`. In the same command as those experiments it may run before them; run it once more then.
 */
export const experiment = defineExperiment({
  id: CLAIMS,
  title: 'Claims of the paper and what became of them',
  presets: { smoke: {}, small: {}, long: {}, medium: {}, paper: {} },
  data: claimLedger,
  graph: (_, preset) =>
    node({
      id: 'ledger',
      module: import.meta.resolve('./claims/judge.ts'),
      run: judgeClaims,
      parameters: { preset },
      data: Object.fromEntries(
        EXPERIMENTS.map((artifact) => [artifact, { artifact, preset, optional: true }]),
      ),
      ...resourcesOf(preset, 'artifact'),
    }),
});
