const segmenter =
  typeof Intl.Segmenter === 'function'
    ? new Intl.Segmenter(undefined, { granularity: 'word' })
    : undefined;

/** The words of a text, in scripts that put no space between them too. */
export const wordsOf = (text: string): string[] =>
  segmenter
    ? [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) =>
        isWordLike ? [segment] : [],
      )
    : (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);

/** The single signs of scripts in which a word may begin anywhere, as a dictionary may divide them otherwise. */
export const signsOf = (text: string): string[] =>
  text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu) ?? [];
