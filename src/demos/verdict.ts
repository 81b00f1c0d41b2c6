import type { LiveCurve, LiveResult } from './protocol.ts';

/**
 * How far a reader's means may be from the published ones over the same prompts: relative to the
 * published value, and absolute for errors near zero. Devices round float32 products in their own
 * order; past the training length a model amplifies such differences.
 */
export const TOLERANCE = { relative: 0.01, absolute: 1e-4 } as const;

export interface Verdict {
  matches: boolean;
  /** Number of means compared. */
  points: number;
  /** Where the two differ most, in units of what is allowed. */
  worst: { evaluation: string; k: number; ours: number; published: number; share: number };
}

function worstOf(ours: LiveCurve, published: LiveCurve): Verdict['worst'] {
  let worst: Verdict['worst'] | undefined;
  for (const [i, k] of published.k.entries()) {
    const [a, b] = [ours.mean[i] ?? Number.NaN, published.mean[i] ?? Number.NaN];
    const allowed = TOLERANCE.absolute + TOLERANCE.relative * Math.abs(b);
    const difference = Math.abs(a - b) / allowed;
    const share = Number.isNaN(difference) ? Infinity : difference;
    if (!worst || share > worst.share) {
      worst = { evaluation: ours.evaluation, k, ours: a, published: b, share };
    }
  }
  if (worst) return worst;
  throw new Error(`verdict: expected values of ${ours.evaluation}, got none; run it again`);
}

/** Compares each of a run's means with the published one. A value that is not a number differs. */
export function judge(result: Pick<LiveResult, 'curves' | 'published'>): Verdict {
  const worsts = result.curves.map((curve) => {
    const published = result.published.find(({ evaluation }) => evaluation === curve.evaluation);
    if (published?.prompts === curve.prompts) return worstOf(curve, published);
    throw new Error(
      `verdict: expected a published curve of ${curve.evaluation} over ${curve.prompts} prompts, ` +
        `got ${published ? `one over ${published.prompts}` : 'none'}; compare the same prompts`,
    );
  });
  const worst = worsts.reduce((a, b) => (b.share > a.share ? b : a));
  const points = result.curves.reduce((sum, { k }) => sum + k.length, 0);
  return { matches: worst.share <= 1, points, worst };
}

function percentText(percent: number): string {
  if (!Number.isFinite(percent)) return 'beyond any number';
  if (percent < 0.001) return 'below 0.001 %';
  return percent < 100 ? `${percent.toPrecision(2)} %` : `${Math.round(percent)} %`;
}

/** The verdict in a sentence for readers. */
export function verdictText({ matches, points, worst }: Verdict, prompts: number): string {
  const where = `k = ${worst.k} (${worst.evaluation})`;
  const apart = worst.published === 0 ? Infinity : Math.abs(worst.ours / worst.published - 1) * 100;
  const difference = percentText(apart);
  const allowed = `${TOLERANCE.relative * 100} % or ${TOLERANCE.absolute}`;
  const same = `the same ${prompts.toLocaleString('en-US')} prompts`;
  return matches
    ? `Same result. On ${same}, all ${points} means agree with the published ones within ${allowed}; ` +
        `the largest difference, at ${where}, is ${difference}.`
    : `A different result. On ${same}, the mean at ${where} is ${worst.ours.toPrecision(3)} here and ` +
        `${worst.published.toPrecision(3)} published (${difference} apart; ${allowed} allowed).`;
}
