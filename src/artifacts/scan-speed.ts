import { z } from 'zod';
import { ascendingCounts, count, equalLengths, real } from './columns.ts';

/** Forward time and memory of one operation against the number of tokens. */
const series = z
  .strictObject({
    operation: z.enum(['scan', 'attention']),
    /** L tokens, ascending. */
    length: ascendingCounts,
    /** Median wall time of a forward pass. */
    milliseconds: z.array(real.positive()),
    /** Most bytes that tensors and scratch took at once, inputs included. */
    peakBytes: z.array(z.int().positive()),
  })
  .refine(...equalLengths('length', 'milliseconds', 'peakBytes'));

/** Data of the experiment `scan-speed`; the device is the provenance's. */
export const scanSpeed = z.strictObject({
  /** Prompts at once. */
  batch: count,
  /** Width of the model: the scan has 2 d_model channels of 16 states, attention 4 heads. */
  d_model: count,
  /** Runs behind each median. */
  runs: count,
  series: z.array(series),
  /** The least length from which on the scan is faster wherever both were measured; null if there is none. */
  crossing: z.int().nullable(),
});
export type ScanSpeed = z.infer<typeof scanSpeed>;
