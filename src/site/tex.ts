import temml from 'temml';

/** What Temml makes of a formula, before it is text. */
interface Tree {
  type?: string;
  children?: Tree[];
  attributes?: Record<string, string>;
  toMarkup(): string;
}

const SCRIPTED = new Set(['msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover']);

/** Operators in indices, powers and limits stand close, as in TeX; accents over a letter are operators too. */
function tighten({ type = '', children = [] }: Tree, isScript = false): void {
  for (const [i, child] of children.entries()) {
    const isAccent = (type.startsWith('mo') || type.startsWith('mu')) && child.type === 'mo';
    const isSmall = isScript || (SCRIPTED.has(type) && i > 0);
    if (isSmall && !isAccent && child.type === 'mo')
      child.attributes = { ...child.attributes, lspace: '0em', rspace: '0em' };
    tighten(child, isSmall);
  }
}

/**
 * MathML of a formula, with its TeX as annotation.
 * @throws Error in Temml's words for TeX that it cannot read
 */
export function mathml(tex: string, display: boolean): string {
  const options = { displayMode: display, annotate: true, strict: true, throwOnError: true };
  try {
    const tree = temml['__renderToMathMLTree'](tex, options) as Tree;
    tighten(tree);
    // Fonts for formulas have the macron, and few of them the overline, which is drawn likewise.
    return tree.toMarkup().replaceAll('>‾<', '>¯<');
  } catch (error) {
    // It underlines the place with combining marks, which terminals and browsers garble.
    const said = error instanceof Error ? error.message.replaceAll('\u0332', '') : String(error);
    const reason = said.trim().replaceAll(/\s+/g, ' ');
    throw new Error(`formula: expected TeX that Temml reads, got ${tex.trim()}; ${reason}`, {
      cause: error,
    });
  }
}

/** Marks that stand over a letter, as characters that combine with it. */
const ACCENTS: Record<string, string> = {
  '¯': '\u0304',
  '^': '\u0302',
  '~': '\u0303',
  '˙': '\u0307',
  '¨': '\u0308',
};

/** A formula as plain words: `x̄` for `\bar x`. */
export function texWords(tex: string): string {
  const [formula = ''] = mathml(tex, false).split('<annotation');
  return formula
    .replaceAll(
      /<mover><mi>(.)<\/mi><mo[^>]*>(.)<\/mo><\/mover>/gu,
      (_, letter: string, mark: string) => `${letter}${ACCENTS[mark] ?? mark}`,
    )
    .replaceAll(/<[^>]*>|[\u2061-\u2064]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .normalize('NFC');
}
