import { mdxToMdast } from 'satteri';
import type { MdastNode } from 'satteri';
import { texWords } from '../../site/tex.ts';

export const parseSection = (body: string): MdastNode =>
  mdxToMdast(body, { features: { math: true } });

export const childrenOf = (node: MdastNode): MdastNode[] =>
  'children' in node ? (node.children as MdastNode[]) : [];

/** A node and all that is in it, in the order of reading, but for nodes that are left out. */
export function* walk(
  node: MdastNode,
  isLeftOut: (node: MdastNode) => boolean = () => false,
): Generator<MdastNode> {
  if (isLeftOut(node)) return;
  yield node;
  for (const child of childrenOf(node)) yield* walk(child, isLeftOut);
}

/** The text in a node, of formulas their TeX. */
export const textOf = (node: MdastNode): string =>
  'value' in node && typeof node.value === 'string'
    ? node.value
    : childrenOf(node).map(textOf).join('');

/** The words in a node as a reader sees them. */
export function wordsIn(node: MdastNode): string {
  if (node.type === 'inlineMath') return texWords(node.value);
  return 'value' in node && typeof node.value === 'string'
    ? node.value
    : childrenOf(node).map(wordsIn).join('');
}

/** A string attribute of a JSX element. */
export function attribute(node: MdastNode, name: string): string | undefined {
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return undefined;
  for (const entry of node.attributes) {
    if (entry.type !== 'mdxJsxAttribute' || entry.name !== name) continue;
    return typeof entry.value === 'string' ? entry.value : undefined;
  }
  return undefined;
}
