import type { MdastNode } from 'satteri';
import { childrenOf, parseSection } from './mdast.ts';

/** What may hold digits: formulas, code, citations, and numbers that say where they are from. */
const FREE = new Set(['inlineCode', 'code', 'inlineMath', 'math', 'mdxjsEsm']);
const FREE_ELEMENTS = new Set(['Given', 'Cite', 'Math', 'Equation', 'Symbol', 'Ref']);

function* texts(node: MdastNode): Generator<string> {
  if (FREE.has(node.type)) return;
  if ('name' in node && FREE_ELEMENTS.has(String(node.name))) return;
  if (node.type === 'text') yield node.value;
  for (const child of childrenOf(node)) yield* texts(child);
}

/** A number in its context; digits in a name, as in GPT-2 or S4D, are none. */
const NUMBER = /.{0,30}(?<![\p{L}\p{N}]|\p{L}-)\p{Nd}[\p{L}\p{N}.,]*.{0,30}/gsu;

/** Numbers that a section types out instead of reading them from an artifact, with their context. */
export function bareNumbers(body: string): string[] {
  return [...texts(parseSection(body))].flatMap((text) =>
    [...text.matchAll(NUMBER)].map(([part]) => part.replaceAll(/\s+/g, ' ').trim()),
  );
}

/** @throws Error naming the file and each number that has no origin */
export function checkNumbers(id: string, body: string): void {
  const found = bareNumbers(body);
  if (found.length === 0) return;
  throw new Error(
    `content/${id}.mdx: expected every number to come from an artifact (<Value …> and its like) or ` +
      `to say where it is from (<Given from="…">), got\n${found.map((text) => `  … ${text} …`).join('\n')}\n` +
      'bind them, or write numbers: free in the front matter of a section without results',
  );
}
