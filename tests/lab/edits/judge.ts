import { RandomStream } from '../../../src/numerics/random.ts';
import { Copy } from './copy.ts';
import { HARMLESS, drawHarmless } from './harmless.ts';
import type { Change } from './source.ts';

/** An edit, and what the lab made of it. */
export interface Trial {
  kind: string;
  /** What the lab should not have done; nothing if it did well. */
  fault: string | undefined;
  diff: string;
}

/** A copy whose every node has a result of today's code. */
export async function pretendedCopy(): Promise<Copy> {
  const copy = new Copy();
  await copy.run('tests/lab/edits/pretend.ts', 'records');
  copy.keepKernels();
  const old = (await copy.status('small')).filter(({ state }) => state !== 'fresh');
  if (old.length === 0) return copy;
  throw new Error(`edits: expected fresh nodes before any edit, got ${JSON.stringify(old[0])}`);
}

/** @yields edits that change no number, each judged alone; kinds in turn */
export async function* harmlessTrials(
  copy: Copy,
  count: number,
  seed: number,
  kinds: readonly string[] = Object.keys(HARMLESS),
): AsyncGenerator<Trial> {
  for (let i = 0; i < count;) {
    const kind = kinds[i % kinds.length]!;
    const change = drawHarmless(copy, kind, RandomStream.fromSeed(seed).fork(i));
    if (!change) throw new Error(`edits: expected a place to ${kind}, got none; mend the kind`);
    const diff = copy.diff(change);
    const fault = await within(copy, change, () => staleIn(copy));
    yield { kind, diff, fault };
    i++;
  }
}

/** Does something while a change is made. */
export async function within<Value>(
  copy: Copy,
  change: Change,
  act: () => Promise<Value>,
): Promise<Value> {
  const back = copy.change(change);
  try {
    return await act();
  } finally {
    copy.change(back);
    copy.restoreKernels();
  }
}

async function staleIn(copy: Copy): Promise<string | undefined> {
  try {
    const rows = await copy.status('small');
    const other = rows.filter(({ state }) => state !== 'fresh');
    if (other.length === 0 && rows.length > 0) return undefined;
    const { id, reasons } = other[0] ?? { id: 'everything', reasons: ['gone'] };
    return `${other.length} of ${rows.length} nodes not fresh, such as ${id}: ${reasons.join('; ').slice(0, 400)}`;
  } catch (error) {
    return `status failed: ${error instanceof Error ? error.message.slice(0, 1200) : String(error)}`;
  }
}
