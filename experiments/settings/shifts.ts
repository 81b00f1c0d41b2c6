import type { Evaluation } from '../../src/tasks/evaluation.ts';
import type { LinearShift } from '../../src/tasks/linear-shifts.ts';
import type { FunctionClass } from '../graphs/function-class.ts';

const shifted = (shift: LinearShift): Evaluation => ({ task: 'shifted', shift });

/** The factors of the paper's code; its figures have a third. */
const FACTORS = { '0.333': 1 / 3, '0.5': 0.5, '2': 2, '3': 3 };

const scaled = (kind: 'scaled-x' | 'scaled-y'): Record<string, Evaluation> =>
  Object.fromEntries(
    Object.entries(FACTORS).map(([name, factor]) => [`${kind}-${name}`, shifted({ kind, factor })]),
  );

/** Where models trained on linear regression are tested besides (content/methods.mdx, Evaluation). */
export const LINEAR_SHIFTS: Record<string, Evaluation> = {
  isotropic: { task: 'linear-regression', inputs: 'isotropic' },
  skewed: shifted({ kind: 'skewed' }),
  noisy: shifted({ kind: 'noisy' }),
  orthants: shifted({ kind: 'orthants' }),
  ...scaled('scaled-x'),
  ...scaled('scaled-y'),
  'half-subspace': shifted({ kind: 'half-subspace' }),
  'orthogonal-query': shifted({ kind: 'orthogonal-query' }),
  'repeated-query': shifted({ kind: 'repeated-query' }),
};

export const LINEAR_BASELINES: FunctionClass['baselines'] = { 'least-squares': {}, ridge: {} };
