import type { Check } from '../../artifacts/claims.ts';
import { strain } from '../../artifacts/strain.ts';

/** How far to either side of the bound the bar goes, as a factor. */
export const REACH = 16;

const [WIDTH, HEIGHT] = [240, 20];
const INSET = 6;

/** Share of the bar at which a number of times the bound lies; what lies beyond stands at its end. */
export function along(times: number): number {
  const share = 0.5 + Math.log(times) / (2 * Math.log(REACH));
  return Math.min(Math.max(share, 0), 1);
}

const across = (times: number): number => Math.round(INSET + along(times) * (WIDTH - 2 * INSET));

/** Points as one path of lines without length: their caps are dots. */
const dots = (name: string, times: readonly number[]): string =>
  times.length > 0
    ? `<path class="${name}" d="${[...new Set(times.map(across))].map((x) => `M${x} ${HEIGHT / 2}h0`).join('')}"/>`
    : '';

/** What decides: the check that needs the most generous bound. */
export const deciding = (checks: readonly Check[]): number => Math.max(...checks.map(strain));

/** Each run of each check by how many times its bound it takes, what counts of each, and what decides; bounds are in the middle. */
export function barMarkup(checks: readonly Check[]): string {
  const runs = checks.flatMap((check) =>
    check.values.length > 1 ? check.values.map((value) => strain({ ...check, value })) : [],
  );
  const most = deciding(checks);
  const others = checks.map(strain).filter((times) => times !== most);
  return (
    `<svg class="strain" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">` +
    `${dots('runs', runs)}${dots('others', others)}${dots('decides', [most])}</svg>`
  );
}
