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

/** Names a distribution of prompts in a table, from its name among an artifact's evaluations. */
export function evaluationTitle(evaluation: string): string {
  const title = TITLES[evaluation];
  if (title) return title;
  const [, what, factor] = SCALED.exec(evaluation) ?? [];
  if (what && factor) return `${what === 'x' ? 'inputs' : 'outputs'} times ${factor}`;
  throw new Error(
    `evaluationTitle: expected one of ${Object.keys(TITLES).join(', ')} or scaled-x-…, got ${evaluation}; ` +
      'name it in src/components/figures/learning-curves/evaluation-title.ts',
  );
}
