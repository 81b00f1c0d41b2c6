import { CLAIMS, claimLedger } from '#src/artifacts/claims.ts';
import { defineExperiment, node } from '#src/lab/experiment.ts';
import { judge } from './nodes/judge.ts';

/** The ledger of claims: it reads the artifact, and is judged anew when that changes. */
export const experiment = defineExperiment({
  id: CLAIMS,
  title: 'Claims of the paper and what became of them',
  presets: { smoke: {}, small: {} },
  data: claimLedger,
  graph: (_, preset) =>
    node({
      id: 'ledger',
      module: import.meta.resolve('./nodes/judge.ts'),
      run: judge,
      parameters: { preset },
      page: {},
      data: { species: { artifact: 'telling-species', preset } },
    }),
});
