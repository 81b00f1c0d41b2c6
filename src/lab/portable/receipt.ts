import { z } from 'zod';
import { presets, runtimeRecord } from '../../artifacts/artifact.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const number = z.number().nullable();

/** What a reader's browser computed, so that others can hold it against the records. */
export const receipt = z.strictObject({
  receipt: z.literal(2),
  experiment: z.string(),
  preset: z.enum(presets),
  node: z.string(),
  /** Of the recorded result. */
  key: hash,
  /** Parameters other than the recorded ones: less of the node, of which the record still speaks. */
  changed: z.record(z.string(), z.json()),
  runtime: runtimeRecord,
  userAgent: z.string(),
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  /** sha256 of each output. */
  outputs: z.record(z.string(), hash),
  /** The text of those that are JSON. */
  files: z.record(z.string(), z.string()),
  verdict: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('same') }),
    z.strictObject({
      kind: z.enum(['within', 'differs']),
      tolerance: z.number().nonnegative(),
      numbers: z.int().nonnegative(),
      worst: z.strictObject({
        file: z.string(),
        at: z.string(),
        here: number,
        there: number,
        relativeError: number,
      }),
    }),
  ]),
});
export type Receipt = z.infer<typeof receipt>;
