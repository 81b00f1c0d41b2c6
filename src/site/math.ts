import { defineMdastPlugin } from 'satteri';
import type { MdxJsxAttributeNode } from 'satteri';

const attributes = (values: Record<string, string | null>): MdxJsxAttributeNode[] =>
  Object.entries(values).map(([name, value]) => ({ type: 'mdxJsxAttribute', name, value }));

/**
 * `$…$` becomes <Math>, `$$ … $$` becomes <Equation>; a word after the opening `$$` is its id and
 * gives it a number.
 */
export const mathElements = defineMdastPlugin({
  name: 'math-elements',
  inlineMath(node, context) {
    context.replaceNode(node, {
      type: 'mdxJsxTextElement',
      name: 'Math',
      attributes: attributes({ tex: node.value }),
      children: [],
    });
  },
  math(node, context) {
    context.replaceNode(node, {
      type: 'mdxJsxFlowElement',
      name: 'Equation',
      attributes: attributes({ tex: node.value, ...(node.meta ? { id: node.meta } : {}) }),
      children: [],
    });
  },
});
