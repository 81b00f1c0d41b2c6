import { z } from 'zod';

/** Forward time and memory of one operation against the number of tokens. */
const series = z.strictObject({
  operation: z.enum(['scan', 'attention']),
  /** L tokens, ascending. */
  length: z.array(z.int()),
  /** Median wall time of a forward pass. */
  milliseconds: z.array(z.number().positive()),
  /** Most bytes that tensors and scratch took at once, inputs included. */
  peakBytes: z.array(z.int().positive()),
});

/** Data of the experiment `scan-speed`; the device is the provenance's. */
export const scanSpeed = z.strictObject({
  /** Prompts at once. */
  batch: z.int(),
  /** Width of the model: the scan has 2 d_model channels of 16 states, attention 4 heads. */
  d_model: z.int(),
  /** Runs behind each median. */
  runs: z.int(),
  series: z.array(series),
  /** The least length from which on the scan is faster wherever both were measured; null if there is none. */
  crossing: z.int().nullable(),
});
export type ScanSpeed = z.infer<typeof scanSpeed>;
