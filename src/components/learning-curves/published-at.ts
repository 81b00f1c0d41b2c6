import type { PublishedCurves } from '../data/published.ts';

/** Middle of the published band at a multiple of d, one value a published run. */
export function publishedAt(
  published: PublishedCurves,
  method: string,
  k: string,
  where: string,
): number[] {
  const index = published.k.indexOf(Number.parseFloat(k) * published.d);
  const values = published.curves
    .filter((curve) => curve.method === method)
    .map((curve) => ((curve.low[index] as number) + (curve.high[index] as number)) / 2);
  if (k.endsWith('d') && values.length > 0 && values.every(Number.isFinite)) return values;
  throw new Error(
    `${where}: expected a digitised value of ${method} at ${k}, got none; ` +
      `methods are ${[...new Set(published.curves.map((curve) => curve.method))].join(', ')}`,
  );
}
