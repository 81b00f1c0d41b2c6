/** Prompts of B rows and one length: where one is shorter, it begins later. */
export interface Rows {
  ids: readonly (readonly number[])[];
  /** Place of each row's first token. */
  first: readonly number[];
}

/** Rows that end together; what stands before the shorter ones counts as nothing. */
export function aligned(prompts: readonly (readonly number[])[]): Rows {
  const longest = Math.max(...prompts.map(({ length }) => length));
  const first = prompts.map(({ length }) => longest - length);
  return { ids: prompts.map((ids, b) => [...Array<number>(first[b]!).fill(0), ...ids]), first };
}

/** Prompts that go through together, by index: such of like length, as many as make the given number of tokens. */
export function together(
  prompts: readonly (readonly number[])[],
  tokensAtOnce: number,
): number[][] {
  const order = prompts.map((_, i) => i).sort((a, b) => prompts[b]!.length - prompts[a]!.length);
  const all: number[][] = [];
  while (order.length > 0) {
    const longest = prompts[order[0]!]!.length;
    all.push(order.splice(0, Math.max(1, Math.floor(tokensAtOnce / longest))));
  }
  return all;
}
