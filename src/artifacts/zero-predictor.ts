import { z } from 'zod';
import { count } from './columns.ts';
import { task } from './learning-curves.ts';
import { overTasks } from './mechanisms.ts';

/** Data of the experiment `zero-predictor`: by experiment, what answering 0 costs on the prompts that it trains on. */
export const zeroPredictor = z.strictObject({
  /** Prompts behind each error, one query each. */
  prompts: count,
  tasks: z.record(
    z.string(),
    z.strictObject({
      d: count,
      task,
      /** Squared error / d, its interval and its spread over prompts. */
      error: overTasks,
    }),
  ),
});
