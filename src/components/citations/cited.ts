import type { MdastNode } from 'satteri';
import { attribute, parseSection, walk } from '../paper/mdast.ts';
import { isUnrun } from '../paper/numbering.ts';
import type { IsRun } from '../paper/numbering.ts';
import type { Citation } from './citations.ts';

const isTextual = (node: MdastNode): boolean =>
  'attributes' in node &&
  Array.isArray(node.attributes) &&
  node.attributes.some((one) => 'name' in one && one.name === 'textual');

/** Keys, once each; one space between them. */
export const keysOf = (text: string): string => text.normalize('NFC').trim().split(/\s+/).join(' ');

/**
 * What sections cite, or take a number from, in the order of reading.
 * @param isRun whether an experiment's results are there: what waits for others cites nothing
 */
export function citationsIn(bodies: readonly string[], isRun: IsRun = () => true): Citation[] {
  const nodes = bodies.flatMap((body) => [
    ...walk(parseSection(body), (node) => isUnrun(node, isRun)),
  ]);
  return nodes.flatMap((node) => {
    const name = 'name' in node ? node.name : undefined;
    const of = attribute(node, 'of');
    if (name === 'Cite' && of) return [{ of: keysOf(of), textual: isTextual(node) }];
    const from = name === 'Given' ? attribute(node, 'from')?.split(', ')[0] : undefined;
    return from && !/\s/.test(from.trim()) ? [{ of: keysOf(from), textual: false }] : [];
  });
}
