/**
 * Laplace's estimator of the next token: one more than how often each has come, divided by the sum. Of order 1 it
 * counts what came after the token just read, and is what a chain whose transitions are uniform on the simplex
 * leaves to be known; of order 0 it counts all tokens.
 * @param tokens ids below `states`, of one sequence
 * @returns after each token [length states]
 */
export function addOne(tokens: ArrayLike<number>, states: number, order: 0 | 1): Float64Array {
  const { length } = tokens;
  const counts = Array.from({ length: states }, () => new Float64Array(states).fill(1));
  const probabilities = new Float64Array(length * states);
  for (let t = 0; t < length; t++) {
    const token = tokens[t]!;
    const before = order === 0 ? 0 : tokens[t - 1];
    if (before !== undefined) counts[before]![token]! += 1;
    const row = counts[order === 0 ? 0 : token]!;
    const total = row.reduce((sum, count) => sum + count, 0);
    for (let s = 0; s < states; s++) probabilities[t * states + s] = row[s]! / total;
  }
  return probabilities;
}
