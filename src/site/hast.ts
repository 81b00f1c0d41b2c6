import type { HastNode } from 'satteri';

type Element = Extract<HastNode, { type: 'element' }>;

export const isElement = (node: HastNode): node is Element => node.type === 'element';

export const childrenOf = (node: HastNode): HastNode[] =>
  'children' in node ? (node.children as HastNode[]) : [];

export const property = (node: Element, name: string): string | undefined => {
  const value = node.properties[name];
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'string' ? value : undefined;
};

/** First element of a name, in the order of reading. */
export function find(node: HastNode, tagName: string): Element | undefined {
  if (isElement(node) && node.tagName === tagName) return node;
  for (const child of childrenOf(node)) {
    const found = find(child, tagName);
    if (found) return found;
  }
  return undefined;
}

/** What a reader sees as words: no drawings, no code of formulas, no closed details. */
const UNREAD = new Set([
  'svg',
  'annotation',
  'script',
  'style',
  'details',
  'button',
  'form',
  'nav',
]);

const isDetail = (node: Element): boolean =>
  property(node, 'className')?.includes('figure-details') ?? false;

/** The words in a node, with white space as one space. */
export function wordsOf(node: HastNode): string {
  if (node.type === 'text') return node.value.replaceAll(/\s+/g, ' ');
  if (isElement(node) && (UNREAD.has(node.tagName) || isDetail(node))) return '';
  const inner = childrenOf(node).map(wordsOf).join('');
  return isElement(node) && /^(p|li|td|th|dt|dd|h\d|div|tr)$/.test(node.tagName)
    ? ` ${inner} `
    : inner;
}
