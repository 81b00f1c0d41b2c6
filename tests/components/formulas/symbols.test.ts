import { expect, test, vi } from 'vitest';

vi.mock('#content/symbols.ts', () => ({
  symbols: [
    { id: 'A', tex: 'A', name: 'matrix' },
    { id: 'A-bar', tex: '\\bar A', name: 'discretised matrix' },
    { id: 't', tex: 't', name: 'time' },
  ],
}));

const { markSymbols, symbolEntry } = await import('../../../src/components/formulas/symbols.ts');
const { mathml, texWords } = await import('../../../src/site/tex.ts');
const marksIn = (markup: string) => [...markup.matchAll(/data-symbol="([^"]+)"/g)].map((m) => m[1]);

test('symbols are marked, the longest first, and the formula is kept', () => {
  const plain = mathml('\\bar A_t = \\exp(A)', true);
  const { markup, found } = markSymbols(plain);
  expect(marksIn(markup)).toEqual(['A-bar', 't', 'A']);
  expect(found.map(({ id }) => id).sort()).toEqual(['A', 'A-bar', 't']);
  const unmarked = markup.replaceAll(/<mrow class="symbol"[^>]*>(.*?)<\/mrow>/g, '$1');
  expect(unmarked).toBe(plain);
});

test('the TeX beside the MathML stays as it is', () => {
  const { markup } = markSymbols(mathml('t', false));
  expect(markup).toContain('<annotation encoding="application/x-tex">t</annotation>');
});

test('styled letters are characters, which every browser draws', () => {
  const letters = (tex: string) =>
    [...mathml(tex, false).matchAll(/<mi[^>]*>([^<]*)<\/mi>/g)].map(([, text]) => text);
  expect(
    letters('\\mathbb{R} \\mathbb{E} \\mathcal{N} \\mathcal{R} \\mathbf{x} \\mathfrak{c} x'),
  ).toEqual(['ℝ', '𝔼', '𝒩', 'ℛ', '𝐱', '𝔠', 'x']);
  expect(mathml('\\mathrm{d}', false)).toContain('<mi mathvariant="normal">d</mi>');
});

test('a symbol is found beside an index or a power, and not inside of a name', () => {
  const marked = (tex: string) => marksIn(markSymbols(mathml(tex, false)).markup);
  expect(marked('x^t')).toEqual(['t']);
  expect(marked('A^{\\top} + \\operatorname{tAt}')).toEqual(['A']);
});

test('operators in indices and limits stand close, others and accents as they do', () => {
  const close = (tex: string) =>
    mathml(tex, true)
      .match(/<mo[^>]*lspace="0em" rspace="0em"[^>]*>[^<]*/g)
      ?.map((mo) => mo.slice(-1));
  expect(close('x_{k+1} + \\bar y')).toEqual(['+']);
  expect(close('\\sum_{i=1}^{n-1} x')).toEqual(['=', '−']);
  expect(close('a + b = \\hat c')).toBeUndefined();
});

test('a formula is told in words', () => {
  expect(texWords('\\bar x')).toBe('x̄');
  expect(texWords('O(n^2) < \\alpha')).toBe('O(n2)<α');
});

test('TeX that cannot be read is named', () => {
  expect(() => mathml('\\foo{x}', false)).toThrow(
    /formula: .*got \\foo\{x\}; Unsupported function/,
  );
});

test('a symbol that nobody defined names those that are', () => {
  expect(() => symbolEntry('b', 'here')).toThrow(/here: .*got b; there are A, A-bar, t/);
});
