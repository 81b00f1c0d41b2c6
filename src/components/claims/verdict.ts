import type { Claim } from '../../artifacts/claims.ts';
import type { Preset } from '../../artifacts/artifact.ts';

type Verdict = Claim['verdict'];

const PLURALS: Record<Verdict, string> = {
  holds: 'hold',
  'does not hold': 'do not hold',
  'not run': 'not run',
};

/** A verdict, whose mark is in the style sheet. As one string: white space between elements would show. */
const marked = (verdict: Verdict, words: string): string =>
  `<span class="verdict" data-verdict="${verdict}">${words}</span>`;

export const verdictMarkup = (verdict: Verdict): string => marked(verdict, verdict);

/**
 * The verdict of one or several claims, as it stands beside a sentence: what fails at less than the published size fails
 * at that scale.
 */
export function besideSentence(verdict: Verdict, count: number, preset: Preset | null): string {
  const words = count === 1 ? verdict : PLURALS[verdict];
  const scaled = verdict === 'does not hold' && preset !== null && preset !== 'paper';
  return marked(verdict, scaled ? `${words} at this scale` : words);
}
