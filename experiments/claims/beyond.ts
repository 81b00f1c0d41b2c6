import { check, gap, gaps, median, number, ofNothing, overLeast, shown } from './claim.ts';
import type { ClaimTest } from './claim.ts';

const SKEWED = 'skewed-linear-regression';
const OTHERS = 'other-architectures';

const discrepancies: ClaimTest[] = [
  {
    id: 'X1',
    claim:
      'The panel titled skewed shows isotropic inputs: least squares is far better on skewed ones.',
    source: 'figure 1a',
    criterion:
      'At k = d/2, least squares errs within 0.05 of 1/2 on isotropic inputs, and on skewed inputs at most half as much.',
    published: 'least squares .49 at k = 10',
    test: (evidence) => {
      const at = (on: string) =>
        median(evidence.errors({ of: SKEWED, method: 'least-squares', on, k: 0.5 }));
      const [isotropic, skewed] = [at('isotropic'), at('training')];
      return {
        checks: [
          check('isotropic, from 1/2', [Math.abs(isotropic - 0.5)], 'at most', 0.05),
          check('skewed, against isotropic', [skewed], 'at most', isotropic / 2),
        ],
        ours: `isotropic ${number(isotropic)}, skewed ${number(skewed)}`,
      };
    },
  },
  {
    id: 'X7',
    claim: 'The published curves of gradient descent were divided by d twice.',
    source: 'figure 3d',
    criterion:
      'Before the first step, where w is 0, the error of gradient descent is within a quarter of what predicting 0 costs, 1.',
    published: '.046 before the first step, .92 when multiplied by d = 20',
    test: (evidence) => {
      const first = evidence.descent('skewed').gd[0]!;
      return {
        checks: [check('first error, from 1', [Math.abs(first - 1)], 'at most', 0.25)],
        ours: number(first),
      };
    },
  },
];

const order: ClaimTest[] = [
  {
    id: 'O1',
    claim: "Mamba's prediction depends on the order of the examples more than the Transformer's.",
    source: 'not in the paper',
    criterion:
      'On skewed inputs at k = 2d, the median variance over permutations of the context is larger for Mamba than for the Transformer.',
    published: null,
    test: (evidence) => {
      const variance = (method: string) =>
        evidence.order(SKEWED, method, 2).map((run) => run.variance.mean);
      const [mamba, gpt2] = [variance('mamba'), variance('gpt2')];
      return {
        checks: [check('Mamba, against the Transformer', mamba, 'more than', median(gpt2))],
        ours: `${shown('mamba', mamba)}, ${shown('gpt2', gpt2)}`,
      };
    },
  },
  {
    id: 'O2',
    claim: "Averaging Mamba's predictions over permutations of the context makes them better.",
    source: 'proposed as future work',
    criterion:
      'On skewed inputs at k = 2d, the prediction averaged over permutations errs at most 0.9 times as much as single ones, in the median run.',
    published: null,
    test: (evidence) => {
      const ratios = evidence
        .order(SKEWED, 'mamba', 2)
        .map(({ error, errorOfMean }) => errorOfMean.mean / error.mean);
      return {
        checks: [check('averaged over single predictions', ratios, 'at most', 0.9)],
        ours: `ratio of ${shown('mamba', ratios)}`,
      };
    },
  },
];

const extrapolation: ClaimTest[] = [
  {
    id: 'L1',
    claim:
      'Training on contexts of up to 8d examples repairs extrapolation: Mamba works at three times that length.',
    source: 'not in the paper',
    criterion:
      'On isotropic inputs at k = 25d, the median run of Mamba trained up to 8d errs at most a tenth of what predicting 0 costs.',
    published: 'k = 499, trained to 160: .030, .032 and .385',
    test: (evidence) => {
      const place = { of: 'longer-contexts', on: 'isotropic' };
      const errors = evidence.errors({ ...place, method: 'mamba-8d', k: 25 });
      return {
        checks: [check('Mamba trained to 8d', errors, 'at most', 0.1 * ofNothing(evidence, place))],
        ours: shown('mamba-8d', errors),
      };
    },
  },
  {
    id: 'N1',
    claim: 'Starting from random states in training repairs extrapolation at no longer context.',
    source: 'not in the paper',
    criterion:
      'On isotropic inputs, the median run of Mamba trained from noisy states errs at most half as much at k = 25d as without, and at most 0.05 more at k = 2d.',
    published: null,
    test: (evidence) => {
      const at = (of: string, method: string, k: number) =>
        evidence.errors({ of, method, on: 'isotropic', k });
      const [noisy, plain] = [at('state-noise', 'mamba-noise', 25), at(SKEWED, 'mamba', 25)];
      const before = median(at(SKEWED, 'mamba', 2));
      const costs = at('state-noise', 'mamba-noise', 2).map((error) => error - before);
      return {
        checks: [
          check('with noisy states at 25d, against without', noisy, 'at most', median(plain) / 2),
          check('more at 2d', costs, 'at most', 0.05),
        ],
        ours: `${shown('mamba-noise', noisy)}; ${shown('mamba', plain)}; at 2d ${number(median(costs))} more`,
      };
    },
  },
];

const architectures: ClaimTest[] = [
  {
    id: 'A1',
    claim:
      'Recurrences that do not select by content, RWKV-4 and S4D, fall behind Mamba; so does an LSTM.',
    source: 'not in the paper',
    criterion:
      'At k = 2d on the training distribution, the median gap to least squares of each is at least one and a half times that of Mamba.',
    published: null,
    test: (evidence) => {
      const others = [
        { of: OTHERS, method: 'rwkv4', k: 2 },
        { of: SKEWED, method: 's4d', k: 2 },
        { of: OTHERS, method: 'lstm', k: 2 },
      ];
      const mamba = { of: SKEWED, method: 'mamba', k: 2 };
      const least = 1.5 * gap(evidence, mamba);
      return {
        checks: others.map((place) =>
          check(overLeast(place.method), gaps(evidence, place), 'at least', least),
        ),
        ours: [mamba, ...others]
          .map((place) => shown(place.method, evidence.errors(place)))
          .join(', '),
      };
    },
  },
  {
    id: 'A2',
    claim:
      'MambaFormer, which alternates Mamba and attention, is no worse than the better of the two.',
    source: 'after Park et al. 2024',
    criterion:
      'At k = 2d on the training distribution, the median MambaFormer run errs at most 0.02 more than the better median of Mamba and the Transformer.',
    published: null,
    test: (evidence) => {
      const at = (of: string, method: string) => evidence.errors({ of, method, k: 2 });
      const [both, mamba, gpt2] = [
        at(OTHERS, 'mambaformer'),
        at(SKEWED, 'mamba'),
        at(SKEWED, 'gpt2'),
      ];
      const better = Math.min(median(mamba), median(gpt2));
      return {
        checks: [
          check(
            'MambaFormer over the better of the two',
            both.map((error) => error - better),
            'at most',
            0.02,
          ),
        ],
        ours: `${shown('mambaformer', both)}, ${shown('mamba', mamba)}, ${shown('gpt2', gpt2)}`,
      };
    },
  },
];

export const BEYOND: readonly ClaimTest[] = [
  ...discrepancies,
  ...order,
  ...extrapolation,
  ...architectures,
];
