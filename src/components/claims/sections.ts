import type { Claim } from '../../artifacts/claims.ts';
import { paperIndex } from '../paper/index.ts';
import { isUnrun } from '../paper/numbering.ts';
import { isRun } from '../results/committed.ts';
import { saidIn } from './said.ts';
import type { Said } from './said.ts';

/** Where in the paper claims are spoken of, in the order of reading. */
export async function allSaid(): Promise<Said[]> {
  const { entries } = await paperIndex();
  return entries.flatMap((entry) => saidIn(entry, (node) => isUnrun(node, isRun)));
}

/** A section of the paper and the claims that are its own. */
interface Group {
  /** Undefined for claims that no sentence speaks of. */
  section: string | undefined;
  claims: Claim[];
}

const isFirst = (kind: string): boolean => kind === 'answer' || kind === 'front';

/** `C4` of `C4a`: parts of one claim. */
const wholeOf = (id: string): string => id.replace(/[a-z]$/, '');

/**
 * Claims by the section that says most of them: the first after the answer and abstract, and for a part that no
 * sentence speaks of, that of its first part.
 */
export async function bySection(claims: readonly Claim[]): Promise<Group[]> {
  const { entries } = await paperIndex();
  const [said, fronts] = [
    await allSaid(),
    new Set(entries.filter(({ data }) => isFirst(data.kind)).map(({ id }) => id)),
  ];
  const inner = said.filter(({ section }) => !fronts.has(section));
  const sectionOf = (id: string): string | undefined =>
    (
      inner.find(({ claim }) => claim === id) ??
      inner.find(({ claim }) => wholeOf(claim) === wholeOf(id)) ??
      said.find(({ claim }) => claim === id)
    )?.section;
  const groups = [...entries.map(({ id }) => id), undefined].map((section) => ({
    section,
    claims: claims.filter(({ id }) => sectionOf(id) === section),
  }));
  return groups.filter((group) => group.claims.length > 0);
}
