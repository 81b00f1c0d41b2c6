/** First letter of an alphabet in Unicode's block of mathematical letters, and the letters that are elsewhere. */
const ALPHABETS: Record<string, { A: number; a: number; elsewhere: Record<string, string> }> = {
  bold: { A: 0x1d400, a: 0x1d41a, elsewhere: {} },
  script: {
    A: 0x1d49c,
    a: 0x1d4b6,
    elsewhere: {
      B: 'ℬ',
      E: 'ℰ',
      F: 'ℱ',
      H: 'ℋ',
      I: 'ℐ',
      L: 'ℒ',
      M: 'ℳ',
      R: 'ℛ',
      e: 'ℯ',
      g: 'ℊ',
      o: 'ℴ',
    },
  },
  fraktur: { A: 0x1d504, a: 0x1d51e, elsewhere: { C: 'ℭ', H: 'ℌ', I: 'ℑ', R: 'ℜ', Z: 'ℨ' } },
  'double-struck': {
    A: 0x1d538,
    a: 0x1d552,
    elsewhere: { C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' },
  },
};

const STYLED = /<mi mathvariant="([a-z-]+)">([A-Za-z])<\/mi>/g;

/**
 * MathML whose styled letters are characters of their own, ℝ for R in double-struck: browsers that keep to MathML
 * Core draw `mathvariant` other than `normal` as if it were not there.
 */
export const withMathLetters = (markup: string): string =>
  markup.replaceAll(STYLED, (whole, variant: string, letter: string) => {
    const alphabet = ALPHABETS[variant];
    if (!alphabet) return whole;
    const { A, a, elsewhere } = alphabet;
    const code = letter.charCodeAt(0);
    const offset = letter < 'a' ? A - 65 : a - 97;
    return `<mi>${elsewhere[letter] ?? String.fromCodePoint(code + offset)}</mi>`;
  });
