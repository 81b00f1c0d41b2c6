import { renderToString } from 'katex';
import { symbols } from '#content/symbols.ts';
import { withMathLetters } from '../../site/math-letters.ts';
import type { SymbolEntry } from '../paper/paper.ts';

/** MathML of a formula, with its TeX as annotation. @throws Error for TeX that KaTeX refuses */
export const mathml = (tex: string, display: boolean): string =>
  withMathLetters(renderToString(tex, { output: 'mathml', displayMode: display, strict: 'error' }));

const inner = (tex: string): string =>
  /<semantics><mrow>(.*)<\/mrow><annotation/s.exec(mathml(tex, false))?.[1] ?? '';

/** Longest first, so that a symbol inside of another does not claim it. */
const patterns = symbols
  .map((symbol) => ({ symbol, markup: inner(symbol.tex) }))
  .sort((a, b) => b.markup.length - a.markup.length);

/**
 * Marks every symbol of the glossary in a formula's MathML, once and outermost:
 * `<mrow data-symbol="…">`.
 * @returns the markup and the symbols found
 */
export function markSymbols(markup: string): { markup: string; found: SymbolEntry[] } {
  const [formula, ...annotation] = markup.split('<annotation');
  const found: SymbolEntry[] = [];
  let marked = formula as string;
  for (const { symbol, markup: pattern } of patterns) {
    if (!marked.includes(pattern)) continue;
    // Placeholders keep the next symbols out of what is already marked.
    marked = marked.replaceAll(pattern, `\uE000${found.length}\uE001`);
    found.push(symbol);
  }
  const restore = (text: string): string =>
    text.replaceAll(/\uE000(\d+)\uE001/g, (_, i: string) => {
      const { id, tex } = found[Number(i)] as SymbolEntry;
      return `<mrow class="symbol" data-symbol="${id}">${inner(tex)}</mrow>`;
    });
  return { markup: [restore(marked), ...annotation].join('<annotation'), found };
}

/** @throws Error for an id that content/symbols.ts does not have */
export function symbolEntry(id: string, neededBy: string): SymbolEntry {
  const entry = symbols.find((symbol) => symbol.id === id);
  if (entry) return entry;
  throw new Error(
    `${neededBy}: expected a symbol of content/symbols.ts, got ${id}; ` +
      `there are ${symbols.map((symbol) => symbol.id).join(', ')}`,
  );
}
