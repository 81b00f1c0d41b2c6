import { z } from 'zod';
import { task } from './learning-curves.ts';

const ramp = z.object({ start: z.int(), end: z.int(), by: z.int(), every: z.int() });

/**
 * What `provenance.parameters` of an experiment on a class of functions says of its trainings: all that is needed,
 * with a seed, to train again.
 */
export const trainingParameters = z.object({
  task,
  lossEvery: z.int(),
  models: z.record(
    z.string(),
    z.object({
      config: z.record(z.string(), z.union([z.string(), z.number()])),
      steps: z.int(),
      batch: z.int(),
      learningRate: z.number(),
      schedule: z.enum(['cosine', 'constant']),
      warmup: z.int().optional(),
      curriculum: z.object({ dims: ramp, points: ramp }),
    }),
  ),
});
