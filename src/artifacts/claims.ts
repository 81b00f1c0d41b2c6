import { z } from 'zod';
import { presets } from './artifact.ts';
import { passes } from './strain.ts';

const verdicts = ['holds', 'does not hold', 'not run'] as const;

/**
 * One condition of a criterion: what must be at most, or at least, how much. A criterion in several conditions is met
 * where all of them are.
 */
const check = z.strictObject({
  /** What is measured, in a few words, such as `Mamba over least squares`. */
  of: z.string().min(1),
  /** What came out, one value a run. Null where there is none: no bound lets that pass. */
  values: z.array(z.number().nullable()).min(1),
  /** What of them is held against the bound: the median, unless the criterion names another. */
  value: z.number().nullable(),
  is: z.enum(['at most', 'less than', 'at least', 'more than']),
  bound: z.number(),
});
export type Check = z.infer<typeof check>;

/** What of an artifact a claim reads and a figure shows: by it they find each other. */
export const curvesOn = (evaluation: string): string => `curves on ${evaluation}`;

/** What the verdict was read from: enough to compute it again. */
const trace = z.strictObject({
  /** Id of an experiment whose artifact was read. */
  artifact: z.string().regex(/^[a-z0-9-]+$/),
  /** What of it was read, such as `curves on isotropic`: a figure that shows it is the claim's. */
  reads: z.array(z.string().min(1)).optional(),
  /** Training seeds that the verdict rests on; empty for baselines alone. */
  seeds: z.array(z.int()),
  /** What brings that artifact up to date, such as `npm run lab -- run sparse --preset small`. */
  command: z.string(),
});

const claim = z
  .strictObject({
    /** Permanent address on the page of claims, such as `C4`. */
    id: z.string().regex(/^[A-Z]+[0-9]+[a-z]?$/),
    /** The claim of the paper in one sentence of our own. */
    claim: z.string().min(1),
    /** Where the paper makes it, such as `figure 1b`. */
    source: z.string().min(1),
    /** The criterion in words: what must come out for the claim to hold. */
    criterion: z.string().min(1),
    /** The number that the paper gives, with its unit, as text; null where it gives none. */
    published: z.string().min(1).nullable(),
    /** What came out here, as a number or as text with its unit; null where nothing was run. */
    ours: z.union([z.number(), z.string().min(1)]).nullable(),
    verdict: z.enum(verdicts),
    /** The criterion in numbers; left out where a verdict is not read from bounds. */
    checks: z.array(check).min(1).optional(),
    /** What the same test says of the published numbers; no verdict on anything that ran here. */
    ofPublished: z
      .strictObject({
        verdict: z.enum(['holds', 'does not hold']),
        found: z.string().min(1),
        checks: z.array(check).min(1),
      })
      .refine(({ verdict, checks }) => (verdict === 'holds') === passes(checks), {
        error: 'expected the verdict that the checks give',
        path: ['verdict'],
      })
      .optional(),
    /** Why a verdict is what it is, where that needs saying: one or two sentences. */
    remark: z.string().min(1).optional(),
    /** Preset of the experiments behind the verdict; null where nothing was run. */
    preset: z.enum(presets).nullable(),
    traces: z.array(trace),
  })
  .refine(({ verdict, ours }) => (verdict === 'not run') === (ours === null), {
    error: 'expected a number of ours exactly where the claim was run',
    path: ['ours'],
  })
  .refine(({ verdict, preset }) => (verdict === 'not run') === (preset === null), {
    error: 'expected a preset exactly where the claim was run',
    path: ['preset'],
  })
  .refine(({ verdict, traces }) => verdict === 'not run' || traces.length > 0, {
    error: 'expected at least one trace behind a verdict',
    path: ['traces'],
  })
  .refine(({ verdict, checks }) => !checks || (verdict === 'holds') === passes(checks), {
    error: 'expected the verdict that the checks give',
    path: ['verdict'],
  });
export type Claim = z.infer<typeof claim>;

/** Id of the artifact of all claims: `public/artifacts/claims.<preset>.json`. */
export const CLAIMS = 'claims';

/** Data of that artifact, in the usual envelope: the paper's claims in the paper's order. */
export const claimLedger = z
  .strictObject({ claims: z.array(claim).min(1) })
  .refine(({ claims }) => new Set(claims.map(({ id }) => id)).size === claims.length, {
    error: 'expected every claim to have an id of its own',
    path: ['claims'],
  });
