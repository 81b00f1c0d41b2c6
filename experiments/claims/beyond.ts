import { gap, median, number, ofNothing, shown } from './claim.ts';
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
        holds: Math.abs(isotropic - 0.5) <= 0.05 && skewed <= isotropic / 2,
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
      return { holds: Math.abs(first - 1) <= 0.25, ours: number(first) };
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
        holds: median(mamba) > median(gpt2),
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
      return { holds: median(ratios) <= 0.9, ours: `ratio of ${shown('mamba', ratios)}` };
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
        holds: median(errors) <= 0.1 * ofNothing(evidence, place),
        ours: shown('mamba-8d', errors),
      };
    },
  },
  {
    id: 'N1',
    claim: 'Starting from random states in training repairs it at no longer context.',
    source: 'not in the paper',
    criterion:
      'On isotropic inputs, the median run of Mamba trained from noisy states errs at most half as much at k = 25d as without, and at most 0.05 more at k = 2d.',
    published: null,
    test: (evidence) => {
      const at = (of: string, method: string, k: number) =>
        evidence.errors({ of, method, on: 'isotropic', k });
      const [noisy, plain] = [at('state-noise', 'mamba-noise', 25), at(SKEWED, 'mamba', 25)];
      const cost = median(at('state-noise', 'mamba-noise', 2)) - median(at(SKEWED, 'mamba', 2));
      return {
        holds: median(noisy) <= median(plain) / 2 && cost <= 0.05,
        ours: `${shown('mamba-noise', noisy)}; ${shown('mamba', plain)}; at 2d ${number(cost)} more`,
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
        holds: others.every((place) => gap(evidence, place) >= least),
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
      return {
        holds: median(both) <= Math.min(median(mamba), median(gpt2)) + 0.02,
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
