import { symbols } from '#content/symbols.ts';
import { mathml } from '../../site/tex.ts';
import type { SymbolEntry } from '../paper/paper.ts';

/** What is inside of a formula's MathML. */
function inner(tex: string): string {
  const [, markup = ''] = /<semantics>(.*)<annotation/s.exec(mathml(tex, false)) ?? [];
  return /^<mrow>((?:(?!<mrow>|<\/mrow>).)*)<\/mrow>$/s.exec(markup)?.[1] ?? markup;
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A symbol's markup wherever it stands: beside an index or a power, its first element has a class. */
const patternOf = (markup: string): RegExp =>
  new RegExp(literal(markup).replace(/^(<[a-z]+)/, '$1(?: class="tml-[^"]*")?'), 'g');

/** Longest first, so that a symbol inside of another does not claim it. */
const patterns = symbols
  .map((symbol) => ({ symbol, markup: inner(symbol.tex) }))
  .sort((a, b) => b.markup.length - a.markup.length)
  .map(({ symbol, markup }) => ({ symbol, pattern: patternOf(markup) }));

/**
 * Marks every symbol of the glossary in a formula's MathML, once and outermost:
 * `<mrow data-symbol="…">`.
 * @returns the markup and the symbols found
 */
export function markSymbols(markup: string): { markup: string; found: SymbolEntry[] } {
  const [formula, ...annotation] = markup.split('<annotation');
  const marked: string[] = [];
  const found: SymbolEntry[] = [];
  let text = formula as string;
  for (const { symbol, pattern } of patterns) {
    const before = marked.length;
    // Placeholders keep the next symbols out of what is already marked.
    text = text.replaceAll(pattern, (match) => {
      marked.push(`<mrow class="symbol" data-symbol="${symbol.id}">${match}</mrow>`);
      return `\uE000${marked.length - 1}\uE001`;
    });
    if (marked.length > before) found.push(symbol);
  }
  const restored = text.replaceAll(/\uE000(\d+)\uE001/g, (_, i: string) => marked[Number(i)] ?? '');
  return { markup: [restored, ...annotation].join('<annotation'), found };
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
