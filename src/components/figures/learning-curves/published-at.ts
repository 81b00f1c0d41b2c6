import type { PublishedResults } from '../../results/published.ts';

/** Middle of the published band at a multiple of d, one value a published run; on the first panel unless told. */
export function publishedAt(
  { panels, d }: PublishedResults,
  { method, k, on }: { method: string; k: string; on?: string | undefined },
  where: string,
): number[] {
  const panel = on ? panels.find(({ evaluation }) => evaluation === on) : panels[0];
  const index = panel?.k.indexOf(Number.parseFloat(k) * d) ?? -1;
  const values = (panel?.curves ?? [])
    .filter((curve) => curve.method === method)
    .map((curve) => (curve.low[index]! + curve.high[index]!) / 2);
  if (k.endsWith('d') && values.length > 0 && values.every(Number.isFinite)) return values;
  const known = panels.flatMap(({ evaluation, curves }) =>
    curves.map((curve) => `${curve.method} on ${evaluation}`),
  );
  throw new Error(
    `${where}: expected a digitised value of ${method} at ${k}, got none; ` +
      `there are ${[...new Set(known)].join(', ')}`,
  );
}
