import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import { measuredAt } from '../learning-curves/facts.ts';

export type Order = LearningCurves['order'][number];

/** What permutations of the examples changed, one a training seed. @throws Error naming what is there */
export const ordersOf = (
  data: LearningCurves,
  place: { method: string; k: string },
  where: string,
): Order[] => measuredAt(data.order, data, place, where);
