import { figures } from '#content/figures.ts';
import type { Claim } from '../../artifacts/claims.ts';
import { paperIndex } from '../paper/index.ts';
import { PRESET_NAMES } from '../results/preset-names.ts';
import { siteUrl } from '../url.ts';
import { allSaid } from './sections.ts';

interface Link {
  href: string;
  text: string;
}

/** The sentences of the paper that stand beside a claim, by their section. */
export async function sentencesOf(id: string): Promise<Link[]> {
  const { anchors } = await paperIndex();
  const own = (await allSaid()).filter(({ claim }) => claim === id);
  return own.map(({ address, heading, section, preset }) => {
    const { label = '', title = '' } = anchors.get(heading) ?? anchors.get(section) ?? {};
    const named = label === title ? title : `${label}, ${title}`;
    const scale = preset ? ` (${PRESET_NAMES[preset]})` : '';
    return { href: siteUrl(`#${address}`), text: `${named}${scale}` };
  });
}

/** The figures that show what a claim was read from. */
export async function figuresOf({ traces }: Claim): Promise<Link[]> {
  const { anchors } = await paperIndex();
  const read = new Set(
    traces.flatMap(({ artifact, reads = [] }) => reads.map((what) => `${artifact}: ${what}`)),
  );
  return Object.entries(figures).flatMap(([id, { shows = [] }]) => {
    const anchor = anchors.get(`fig-${id}`);
    const isRead = shows.some(({ of, what }) => read.has(`${of}: ${what}`));
    return anchor && isRead ? [{ href: siteUrl(`#${anchor.id}`), text: anchor.label }] : [];
  });
}
