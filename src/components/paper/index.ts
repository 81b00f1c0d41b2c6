import { getCollection } from 'astro:content';
import type { CollectionEntry } from 'astro:content';
import { isRun } from '../results/committed.ts';
import { Kept } from '../results/kept.ts';
import { checkNumbers } from './bare-numbers.ts';
import { labels } from './labels.ts';
import { numberAnchors } from './numbering.ts';
import type { Anchor } from './numbering.ts';

interface PaperIndex {
  /** Sections in the order of reading. */
  entries: CollectionEntry<'sections'>[];
  anchors: Map<string, Anchor>;
}

const RANK = { answer: 0, front: 1, body: 2, appendix: 3 };

function indexOf(entries: PaperIndex['entries']): PaperIndex {
  entries.sort(({ data: a }, { data: b }) => RANK[a.kind] - RANK[b.kind] || a.order - b.order);
  for (const { id, data, body = '' } of entries)
    if (data.numbers === 'bound') checkNumbers(id, body);
  const sections = entries.map(({ id, data, body = '' }) => ({ id, ...data, body }));
  return { entries, anchors: numberAnchors(sections, isRun, labels) };
}

let memo: Promise<PaperIndex> | undefined;
const indices = new Kept<string, PaperIndex>();

/** Sections change under a running development server: an index is that of their digests. */
async function current(): Promise<PaperIndex> {
  const entries = await getCollection('sections');
  const key = entries.map(({ id, digest }) => `${id} ${digest}`).join('\n');
  return indices.at(key, () => indexOf(entries));
}

/** The paper's sections and everything in them that has a number. */
export function paperIndex(): Promise<PaperIndex> {
  if (import.meta.env.DEV) return current();
  memo ??= current();
  return memo;
}

/** @throws Error for an address that nothing has */
export async function anchor(id: string, neededBy: string): Promise<Anchor> {
  const { anchors } = await paperIndex();
  const found = anchors.get(id);
  if (found) return found;
  throw new Error(
    `${neededBy}: expected the address of a section, figure, table or equation, got ${id}; ` +
      `there are ${[...anchors.keys()].join(', ')}`,
  );
}
