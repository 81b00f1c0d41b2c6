import { check, median, nameOf, ofNothing, shown } from './claim.ts';
import type { ClaimTest } from './claim.ts';
import { close } from './linear.ts';

const SKEWED = 'skewed-linear-regression';
const ISOTROPIC = 'isotropic-linear-regression';
const LONGER = 'longer-contexts';

interface Contrast {
  id: string;
  method: string;
  on: string;
  claim: string;
  published: string;
}

/** Skewed training against isotropic training, on the same prompts. */
const contrast = ({ id, method, on, claim, published }: Contrast): ClaimTest => ({
  id,
  claim,
  source: 'figures 1 and 9',
  criterion:
    'At k = 2d, the median run trained on skewed inputs errs at most half as much as the median run trained on isotropic inputs.',
  published,
  test: (evidence) => {
    const [skewed, isotropic] = [SKEWED, ISOTROPIC].map((of) =>
      evidence.errors({ of, method, on, k: 2 }),
    );
    return {
      checks: [
        check(
          `${nameOf(method)} after skewed training, against isotropic`,
          skewed!,
          'at most',
          median(isotropic!) / 2,
        ),
      ],
      ours: `trained on skewed inputs ${shown(method, skewed!)}; on isotropic ${shown(method, isotropic!)}`,
    };
  },
});

const isotropic: ClaimTest[] = [
  contrast({
    id: 'C8a',
    method: 'mamba',
    on: 'orthants',
    claim: 'Training on skewed inputs is what lets Mamba cope with a context from one orthant.',
    published: 'Mamba 1.39 after isotropic training, .002 after skewed',
  }),
  contrast({
    id: 'C8b',
    method: 'gpt2',
    on: 'scaled-x-0.333',
    claim: 'Training on skewed inputs makes the Transformer better on scaled inputs.',
    published: 'Transformer .033 after isotropic training, .0006 to .006 after skewed',
  }),
  {
    id: 'C9a',
    claim: 'After training on isotropic inputs, both models match least squares on them.',
    source: 'figure 8',
    criterion:
      'At k = 2d on isotropic inputs, the median run errs more than least squares by at most 0.05 (Mamba) and 0.08 (Transformer).',
    published: 'Mamba .0005, Transformer .0006, least squares 0',
    test: (evidence) => {
      const mamba = close(evidence, { of: ISOTROPIC, method: 'mamba' }, 0.05);
      const gpt2 = close(evidence, { of: ISOTROPIC, method: 'gpt2' }, 0.08);
      return {
        checks: [...mamba.checks, ...gpt2.checks],
        ours: `${mamba.ours}; ${gpt2.ours}`,
      };
    },
  },
  {
    id: 'C9b',
    claim:
      'After training on isotropic inputs, Mamba fails on skewed inputs and on other orthants, where the Transformer does not.',
    source: 'figure 9',
    criterion:
      'At k = 2d on either shift, the median Mamba run errs more than half, the median Transformer run less than a quarter of what predicting 0 costs.',
    published: 'skewed: Mamba 1.19, Transformer .128; orthants: Mamba 1.39, Transformer .004',
    test: (evidence) => {
      const found = ['skewed', 'orthants'].map((on) => {
        const at = (method: string) => evidence.errors({ of: ISOTROPIC, method, on, k: 2 });
        const [mamba, gpt2] = [at('mamba'), at('gpt2')];
        const unit = ofNothing(evidence, { of: ISOTROPIC, on });
        const checks = [
          check(`Mamba, ${on}`, mamba, 'more than', unit / 2),
          check(`Transformer, ${on}`, gpt2, 'less than', unit / 4),
        ];
        return { checks, text: `${on}: ${shown('mamba', mamba)}, ${shown('gpt2', gpt2)}` };
      });
      return {
        checks: found.flatMap(({ checks }) => checks),
        ours: found.map(({ text }) => text).join('; '),
      };
    },
  },
];

/** Errors at k = 25d on isotropic inputs after training on contexts of up to 2d, 4d or 8d examples. */
const trainedTo = (model: string) =>
  ({
    2: { of: SKEWED, method: model, on: 'isotropic', k: 25 },
    4: { of: LONGER, method: `${model}-4d`, on: 'isotropic', k: 25 },
    8: { of: LONGER, method: `${model}-8d`, on: 'isotropic', k: 25 },
  }) as const;

const widens = (id: string, model: string, claim: string, published: string): ClaimTest => ({
  id,
  claim,
  source: 'figure 10',
  criterion:
    'On isotropic inputs at k = 25d, the median run trained on contexts of up to 8d errs at most half as much as the median run trained up to 2d.',
  published,
  test: (evidence) => {
    const place = trainedTo(model);
    const [two, four, eight] = [2, 4, 8].map((k) => evidence.errors(place[k as 2 | 4 | 8]));
    return {
      checks: [
        check(`${nameOf(model)} trained to 8d, against 2d`, eight!, 'at most', median(two!) / 2),
      ],
      ours: `up to 2d ${shown(model, two!)}; 4d ${shown(model, four!)}; 8d ${shown(model, eight!)}`,
    };
  },
});

const longer: ClaimTest[] = [
  widens(
    'C10a',
    'mamba',
    'Longer contexts in training widen the range in which Mamba works.',
    'k = 499: Mamba .64 and 5.7 (40), 1.5 to 5.1 (80), .030 to .385 (160)',
  ),
  widens(
    'C10b',
    'gpt2',
    'Longer contexts in training widen the range of the Transformer, too.',
    'k = 499: Transformer .039 and 1.29 (40), .002 to .048 (80), .0003 to .005 (160)',
  ),
  {
    id: 'C10c',
    claim: 'At every training length, the Transformer degrades less than Mamba.',
    source: 'figure 10',
    criterion:
      'On isotropic inputs at k = 25d, the median Transformer run errs less than the median Mamba run, for training contexts of up to 2d, 4d and 8d.',
    published: 'k = 499, trained to 160: Mamba .030 to .385, Transformer .0003 to .005',
    test: (evidence) => {
      const pairs = ([2, 4, 8] as const).map((length) => {
        const mamba = evidence.errors(trainedTo('mamba')[length]);
        const gpt2 = evidence.errors(trainedTo('gpt2')[length]);
        return { length, mamba, gpt2 };
      });
      return {
        checks: pairs.map(({ length, mamba, gpt2 }) =>
          check(
            `Transformer trained to ${length}d, against Mamba`,
            gpt2,
            'less than',
            median(mamba),
          ),
        ),
        ours: pairs
          .map(
            ({ length, mamba, gpt2 }) =>
              `to ${length}d: ${shown('mamba', mamba)}, ${shown('gpt2', gpt2)}`,
          )
          .join('; '),
      };
    },
  },
];

export const TRAINING_INPUTS: readonly ClaimTest[] = [...isotropic, ...longer];
