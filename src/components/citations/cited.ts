import { attribute, walk } from '../paper/mdast.ts';
import { parseSection } from '../paper/numbering.ts';

/** Keys of references.bib that sections cite, or take a number from. */
export function citedKeys(bodies: readonly string[]): Set<string> {
  const nodes = bodies.flatMap((body) => [...walk(parseSection(body))]);
  return new Set(
    nodes.flatMap((node) => {
      const name = 'name' in node ? node.name : undefined;
      if (name === 'Cite') return attribute(node, 'of')?.split(' ') ?? [];
      return name === 'Given' ? (attribute(node, 'from')?.split(', ').slice(0, 1) ?? []) : [];
    }),
  );
}
