import { paper } from '#content/paper.ts';

interface SitePage {
  /** Path under the base. */
  path: string;
  name: string;
}

const all: SitePage[] = [
  { path: '', name: 'Paper' },
  ...(paper.claims ? [{ path: 'claims/', name: 'Claims' }] : []),
  { path: 'artifacts/', name: 'Artifacts' },
  { path: 'rerun/', name: 'Rerun' },
  { path: 'changes/', name: 'Changes' },
  { path: 'write/', name: 'Write' },
];

/** The pages of the site, in the order of its bar. */
export const pages: SitePage[] = all.flatMap(({ path, name }) => {
  const named = paper.menu?.[path] ?? name;
  return named === false ? [] : [{ path, name: named }];
});
