import { check, median, nameOf, number, shown } from './claim.ts';
import type { ClaimTest } from './claim.ts';
import type { Evidence } from './evidence.ts';

const PUBLISHED = 'in line with the add-constant estimator (no number)';

/** Total variation from the best estimator after as many tokens as training had, one a seed. */
function atTheEnd(evidence: Evidence, method: string): number[] {
  const { trained } = evidence.tokens('markov');
  return evidence.tokenCurves('markov', method).map(({ at, mean }) => mean[at.indexOf(trained)]!);
}

const finds: ClaimTest = {
  id: 'M1',
  claim:
    'On Markov chains, one layer of Mamba learns in context what counting transitions and adding one gives.',
  source: 'after Bondaschi et al. 2025',
  criterion:
    'After every measured number of tokens from 50 to the training length, the prediction of the median run is on average within 0.02 of the add-one estimator in total variation.',
  published: PUBLISHED,
  test: (evidence) => {
    const { trained } = evidence.tokens('markov');
    const worst = evidence
      .tokenCurves('markov', 'mamba')
      .map(({ at, mean }) => Math.max(...mean.filter((_, i) => at[i]! >= 50 && at[i]! <= trained)));
    return {
      checks: [check('Mamba, at most', worst, 'at most', 0.02)],
      ours: `at most ${shown('mamba', worst)}`,
    };
  },
};

const without = (id: string, method: string, claim: string, source: string): ClaimTest => ({
  id,
  claim,
  source,
  criterion:
    'After as many tokens as in training, the median run is at least three times as far from the add-one estimator as that of Mamba.',
  published: null,
  test: (evidence) => {
    const [mamba, other] = [atTheEnd(evidence, 'mamba'), atTheEnd(evidence, method)];
    const [unigram] = atTheEnd(evidence, 'unigram');
    return {
      checks: [
        check(`${nameOf(method)}, against three times Mamba`, other, 'at least', 3 * median(mamba)),
      ],
      ours: `${shown(method, other)}, ${shown('mamba', mamba)}`,
      remark: `An estimator that counts tokens and not transitions is at ${number(unigram!)}.`,
    };
  },
});

export const MARKOV: readonly ClaimTest[] = [
  finds,
  without(
    'M2',
    'mamba-one-tap',
    'It does so thanks to its convolution: without, it does not find it.',
    'after Bondaschi et al. 2025',
  ),
  without(
    'M3',
    'gpt2-rotary',
    'One layer of attention with positions does not find it.',
    'after Bondaschi et al. 2025',
  ),
];
