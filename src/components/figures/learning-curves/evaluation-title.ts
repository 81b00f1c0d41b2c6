const TITLES: Record<string, string> = {
  training: 'as in training',
  isotropic: 'isotropic inputs',
  skewed: 'skewed inputs, one basis',
  noisy: 'noisy outputs',
  orthants: 'different orthants',
  'half-subspace': 'half a subspace',
  'orthogonal-query': 'query orthogonal to the examples',
  'repeated-query': 'query among the examples',
};

const SCALED = /^scaled-([xy])-(\d+(?:\.\d+)?)$/;

function known(evaluation: string): string | undefined {
  const [, what, factor] = SCALED.exec(evaluation) ?? [];
  if (what && factor) return `${what === 'x' ? 'inputs' : 'outputs'} times ${factor}`;
  return TITLES[evaluation];
}

/** A distribution of prompts on a card: in words where it has a name, else as the artifact calls it. */
export const evaluationWords = (evaluation: string): string => known(evaluation) ?? evaluation;

/** Names a distribution of prompts in a table, from its name among an artifact's evaluations. */
export function evaluationTitle(evaluation: string): string {
  const title = known(evaluation);
  if (title) return title;
  throw new Error(
    `evaluationTitle: expected one of ${Object.keys(TITLES).join(', ')} or scaled-x-…, got ${evaluation}; ` +
      'name it in src/components/figures/learning-curves/evaluation-title.ts',
  );
}
