import type { TokenCurve, TokenCurves } from '../../../artifacts/token-curves.ts';

/** A place on a figure. */
export interface TokenPlace {
  method: string;
  /** What is asked; `training` if left out. */
  on?: string;
  /** How much was read: a number, `trained` for as much as in training, or `last`. */
  at: string;
}

/** The curves of a method, one a seed. @throws Error naming what is there */
export function tokenCurvesOf(
  { curves }: TokenCurves,
  { method, on = 'training' }: Pick<TokenPlace, 'method' | 'on'>,
  where: string,
): TokenCurve[] {
  const found = curves.filter((curve) => curve.method === method && curve.on === on);
  if (found.length > 0) return found;
  const known = [...new Set(curves.map((curve) => `${curve.method} on ${curve.on}`))];
  throw new Error(
    `${where}: expected curves of ${method} on ${on}, got ${known.join(', ')}; correct the attribute`,
  );
}

/** What was measured at a place, one value a seed. @throws Error naming what is there */
export const tokenValues = (data: TokenCurves, place: TokenPlace, where: string): number[] =>
  tokenCurvesOf(data, place, where).map(({ at, mean }) => {
    const named: Record<string, number | undefined> = {
      trained: data.trained,
      last: at[at.length - 1],
    };
    const count = named[place.at] ?? Number(place.at);
    const value = mean[at.indexOf(count)];
    if (value !== undefined) return value;
    throw new Error(
      `${where}: expected a value at ${count}, got ${at.join(', ')}; correct the attribute`,
    );
  });
