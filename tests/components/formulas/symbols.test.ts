import { expect, test, vi } from 'vitest';

vi.mock('#content/symbols.ts', () => ({
  symbols: [
    { id: 'A', tex: 'A', name: 'matrix' },
    { id: 'A-bar', tex: '\\bar A', name: 'discretised matrix' },
    { id: 't', tex: 't', name: 'time' },
  ],
}));

const { markSymbols, mathml, symbolEntry } =
  await import('../../../src/components/formulas/symbols.ts');
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

test('a symbol that nobody defined names those that are', () => {
  expect(() => symbolEntry('b', 'here')).toThrow(/here: .*got b; there are A, A-bar, t/);
});
