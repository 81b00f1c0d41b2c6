/** What changed in the numbers of an artifact between two commits. */
export interface Difference {
  same: number;
  added: number;
  removed: number;
  /** Numbers that are in both and differ, the largest relative change first. */
  changed: { where: string; before: number; after: number }[];
}

const NAMES = ['id', 'name', 'method', 'task', 'evaluation', 'seed'];

/** What tells an element of a list from the others: its names, else its place. */
function labelOf(value: unknown, place: number): string {
  if (typeof value !== 'object' || value === null) return String(place);
  const record = value as Record<string, unknown>;
  const names = NAMES.map((name) => record[name]).filter(
    (name) => typeof name === 'string' || typeof name === 'number',
  );
  return names.length > 0 ? names.join(' ') : String(place);
}

function collect(value: unknown, path: string, into: Map<string, number>): void {
  if (typeof value === 'number') {
    into.set(path, value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const entries = Array.isArray(value)
    ? value.map((item: unknown, i) => [labelOf(item, i), item] as const)
    : Object.entries(value);
  for (const [name, item] of entries) collect(item, path ? `${path} › ${name}` : name, into);
}

function numbersOf(data: unknown): Map<string, number> {
  const numbers = new Map<string, number>();
  collect(data, '', numbers);
  return numbers;
}

const relative = ({ before, after }: { before: number; after: number }): number =>
  Math.abs(after - before) / Math.max(Math.abs(before), Math.abs(after), Number.MIN_VALUE);

/** Compares the numbers of an artifact's data, by their place in it. */
export function differences(before: unknown, after: unknown): Difference {
  const [old, now] = [numbersOf(before), numbersOf(after)];
  const both = [...now].flatMap(([where, value]) => {
    const known = old.get(where);
    return known === undefined ? [] : [{ where, before: known, after: value }];
  });
  const changed = both.filter((one) => one.before !== one.after);
  return {
    same: both.length - changed.length,
    added: now.size - both.length,
    removed: old.size - both.length,
    changed: changed.sort((a, b) => relative(b) - relative(a)),
  };
}
