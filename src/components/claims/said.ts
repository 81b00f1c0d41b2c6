import type { MdastNode } from 'satteri';
import { presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import { attribute, parseSection, textOf, walk } from '../paper/mdast.ts';
import { headingId } from '../paper/numbering.ts';

/** A sentence of the paper that a claim stands beside. */
export interface Said {
  claim: string;
  /** Of which verdict; undefined for the site's own. */
  preset: Preset | undefined;
  /** Of the claim's link beside the sentence. */
  address: string;
  /** Of the nearest heading above. */
  heading: string;
  section: string;
}

/** Ids in `<Claim id="C1a C1b">`; none in another element. */
export const claimsOf = (node: MdastNode): string[] =>
  'name' in node && node.name === 'Claim' ? (attribute(node, 'id') ?? '').split(' ') : [];

/** Address of a claim's first link in a section. */
export const saidAt = (section: string, claim: string): string => `${section}-${claim}`;

/** The sentences of a section that claims stand beside, each claim once. */
export function saidIn(
  { id: section, body = '' }: { id: string; body?: string | undefined },
  isLeftOut: (node: MdastNode) => boolean,
): Said[] {
  const said = new Map<string, Said>();
  let heading = section;
  for (const node of walk(parseSection(body), isLeftOut)) {
    if (node.type === 'heading' && node.depth === 3) heading = headingId(section, textOf(node));
    const preset = presets.find((one) => one === attribute(node, 'preset'));
    for (const claim of claimsOf(node)) {
      if (said.has(claim)) continue;
      said.set(claim, { claim, preset, address: saidAt(section, claim), heading, section });
    }
  }
  return [...said.values()];
}
