import type { Claim } from '../../artifacts/claims.ts';

const MARKS = { holds: '✓', 'does not hold': '✗', 'not run': '○' };

/** Markup of a verdict with its mark. As one string: white space between elements would show. */
export const verdictMarkup = (verdict: Claim['verdict']): string =>
  `<span class="verdict" data-verdict="${verdict}"><span aria-hidden="true">${MARKS[verdict]}</span>&nbsp;${verdict}</span>`;
