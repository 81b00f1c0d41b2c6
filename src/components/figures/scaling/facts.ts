import type { Scaling } from '../../../artifacts/scaling.ts';
import { ascending } from '../../drawing/values.ts';

type Run = Scaling['runs'][number];

export const dimensionsOf = ({ runs }: Scaling): number[] => ascending(runs.map(({ d }) => d));

/** Lengths of training, in steps. */
export const lengthsOf = ({ runs }: Scaling): number[] => ascending(runs.map(({ steps }) => steps));

/** The trainings of a model in one dimension, from the shortest to the longest. */
export const runsOf = ({ runs }: Scaling, method: string, d: number): Run[] =>
  runs.filter((run) => run.method === method && run.d === d).sort((a, b) => a.steps - b.steps);
