import type { MdastNode } from 'satteri';

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

/** The words in a node. */
export const textOf = (node: MdastNode): string =>
  'value' in node && typeof node.value === 'string'
    ? node.value
    : childrenOf(node).map(textOf).join('');

/** A string attribute of a JSX element. */
export function attribute(node: MdastNode, name: string): string | undefined {
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return undefined;
  for (const entry of node.attributes) {
    if (entry.type !== 'mdxJsxAttribute' || entry.name !== name) continue;
    return typeof entry.value === 'string' ? entry.value : undefined;
  }
  return undefined;
}
