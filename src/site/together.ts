const FORMULA = String.raw`<math>(?:(?!</math>)[^])*</math>`;
const LINKED = String.raw`(?:<a class="symbol-link"[^>]*>${FORMULA}</a>|${FORMULA})`;
const FOLLOWED = new RegExp(`(${LINKED})([,.;:!?)’”]+)`, 'g');

/** Formulas in one piece with the punctuation after them: Chromium would begin a line with that comma. */
export const withPunctuation = (html: string): string =>
  html.replaceAll(FOLLOWED, '<span class="together">$1$2</span>');
