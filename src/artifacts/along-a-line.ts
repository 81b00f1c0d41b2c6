import { z } from 'zod';
import { ascending, ascendingCounts, count, real } from './columns.ts';

/** Predictions at the places `t`. */
const values = z.array(real);

/** Data of the experiment `along-a-line`: what learners believe of one function along a line, after some examples. */
export const alongALine = z
  .strictObject({
    /** Dimension of x. */
    d: count,
    /** Experiment whose committed models are asked. */
    of: z.string(),
    /** Seed of the prompt. */
    promptSeed: z.int(),
    /** Numbers of examples. */
    k: ascendingCounts,
    /** Places on the line, ascending. */
    t: ascending,
    /** Place of the query through which the line leads. */
    reach: real,
    /** Of the true function along the line. */
    slope: real,
    /** One a method, training seed (absent for baselines) and k. */
    lines: z.array(
      z.strictObject({ method: z.string(), seed: z.int().optional(), k: z.int(), y: values }),
    ),
  })
  .refine(({ t, lines }) => lines.every(({ y }) => y.length === t.length), {
    error: 'expected as many values as places on the line',
    path: ['lines'],
  });
export type AlongALine = z.infer<typeof alongALine>;
