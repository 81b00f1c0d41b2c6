import { z } from 'zod';

/** Predictions at the places `t`. */
const values = z.array(z.number());

/** Data of the experiment `along-a-line`: what learners believe of one function along a line, after some examples. */
export const alongALine = z.strictObject({
  /** Dimension of x. */
  d: z.int(),
  /** Experiment whose committed models are asked. */
  of: z.string(),
  /** Seed of the prompt. */
  promptSeed: z.int(),
  /** Numbers of examples. */
  k: z.array(z.int()),
  /** Places on the line, ascending. */
  t: z.array(z.number()),
  /** Place of the query through which the line leads. */
  reach: z.number(),
  /** Of the true function along the line. */
  slope: z.number(),
  /** One a method, training seed (absent for baselines) and k. */
  lines: z.array(
    z.strictObject({ method: z.string(), seed: z.int().optional(), k: z.int(), y: values }),
  ),
});
export type AlongALine = z.infer<typeof alongALine>;
