import { defineMdastPlugin } from 'satteri';
import type { MdastNode } from 'satteri';
import { childrenOf } from '../components/paper/mdast.ts';

/** What a note says, in the order of reading; paragraphs begin new lines. */
const wordsOf = (definition: MdastNode): MdastNode[] =>
  childrenOf(definition).flatMap((paragraph, i) => [
    ...(i === 0 ? [] : [{ type: 'break' } as MdastNode]),
    ...childrenOf(paragraph),
  ]);

/** `[^1]` becomes <Note>, which stands beside its sentence: two sections may both begin with 1. */
export const notes = (): ReturnType<typeof defineMdastPlugin> => {
  const definitions = new Map<string, MdastNode>();
  return defineMdastPlugin({
    name: 'notes',
    before(root) {
      for (const node of root.children as MdastNode[])
        if (node.type === 'footnoteDefinition') definitions.set(node.identifier, node);
    },
    footnoteReference(node, context) {
      const definition = definitions.get(node.identifier);
      if (!definition) return;
      context.replaceNode(node, {
        type: 'mdxJsxTextElement',
        name: 'Note',
        attributes: [],
        children: wordsOf(definition),
      });
    },
    footnoteDefinition(node, context) {
      context.removeNode(node);
    },
  });
};
