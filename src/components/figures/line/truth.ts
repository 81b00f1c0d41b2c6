/** How the function itself looks beside what is believed of it. */
export const TRUTH = {
  name: 'the function',
  role: 'baseline',
  variable: '--ink',
  dash: '',
  symbol: undefined,
} as const;
