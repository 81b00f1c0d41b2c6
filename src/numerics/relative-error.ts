type Values = ArrayLike<number>;

/** Largest magnitude; NaN if any value is NaN. */
export function largest(values: Values): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i] as number);
    if (!(magnitude <= most)) most = magnitude;
    if (Number.isNaN(most)) return Number.NaN;
  }
  return most;
}

/** ‖ours − theirs‖∞ / ‖theirs‖∞; infinite where sizes differ, or a value is not a number. */
export function relativeError(ours: Values, theirs: Values, scale = largest(theirs)): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const differences = Float64Array.from(ours, (value, i) => value - (theirs[i] as number));
  const error = largest(differences);
  if (Number.isNaN(error) || Number.isNaN(scale)) return Number.POSITIVE_INFINITY;
  return error === 0 ? 0 : error / scale;
}
