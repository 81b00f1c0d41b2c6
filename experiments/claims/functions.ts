import { check, gaps, median, nameOf, ofNothing, quantile, shown } from './claim.ts';
import type { ClaimTest } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { close } from './linear.ts';

const SPARSE = 'sparse-linear-regression';
const RELU = 'relu-network';
const TREE = 'decision-tree';
const MODELS = ['mamba', 'gpt2'];

const errors = (evidence: Evidence, of: string, method: string, k: number): number[] =>
  evidence.errors({ of, method, k });

const list = (evidence: Evidence, of: string, methods: readonly string[], k: number): string =>
  methods.map((method) => shown(method, errors(evidence, of, method, k))).join(', ');

const sparse: ClaimTest[] = [
  {
    id: 'C5a',
    claim: 'Mamba and the Transformer learn sparse linear functions within the training length.',
    source: 'figure 2a',
    criterion:
      'At k = 2d on the training distribution, the median run errs more than least squares by at most 0.05 (Mamba) and 0.08 (Transformer).',
    published: 'both .0001 at k = 40, least squares 0',
    test: (evidence) => {
      const [mamba, gpt2] = [
        close(evidence, { of: SPARSE, method: 'mamba' }, 0.05),
        close(evidence, { of: SPARSE, method: 'gpt2' }, 0.08),
      ];
      return {
        checks: [...mamba.checks, ...gpt2.checks],
        ours: list(evidence, SPARSE, [...MODELS, 'least-squares'], 2),
      };
    },
  },
  {
    id: 'C5b',
    claim:
      'Mamba and the Transformer make use of sparsity: with fewer examples than dimensions they beat least squares.',
    source: 'figure 2a',
    criterion: 'At k = d/2, the median run of each errs at most half as much as least squares.',
    published: 'k = 10: Mamba .009 to .011, Transformer .010 to .015, least squares .075',
    test: (evidence) => {
      const least = median(errors(evidence, SPARSE, 'least-squares', 0.5));
      return {
        checks: MODELS.map((method) =>
          check(nameOf(method), errors(evidence, SPARSE, method, 0.5), 'at most', least / 2),
        ),
        ours: list(evidence, SPARSE, [...MODELS, 'least-squares', 'lasso'], 0.5),
      };
    },
  },
  {
    id: 'C5c',
    claim: 'On sparse linear functions, both models degrade past the training length, Mamba more.',
    source: 'figure 2a',
    criterion:
      'From k = 2d to 25d, the median error of each rises by at least a tenth of what predicting 0 costs, and that of Mamba by more than that of the Transformer.',
    published: 'k = 499: Mamba .08 to .56, Transformer .07 to .22',
    test: (evidence) => {
      const rise = (method: string) => {
        const [two, far] = [2, 25].map((k) => gaps(evidence, { of: SPARSE, method, k }));
        return {
          of: `rise of ${nameOf(method)}`,
          runs: far!.map((value, i) => value - two![i]!),
          value: median(far!) - median(two!),
        };
      };
      const [mamba, gpt2] = [rise('mamba'), rise('gpt2')];
      const unit = ofNothing(evidence, { of: SPARSE });
      return {
        checks: [
          ...[mamba, gpt2].map(({ of, runs, value }) =>
            check(of, runs, 'at least', 0.1 * unit, value),
          ),
          check(
            `${mamba.of}, against the Transformer`,
            mamba.runs,
            'more than',
            gpt2.value,
            mamba.value,
          ),
        ],
        ours: list(evidence, SPARSE, MODELS, 25),
      };
    },
  },
];

const relu: ClaimTest[] = [
  {
    id: 'C6a',
    claim:
      'On ReLU networks, both models do about as well as a network trained on the prompt by Adam.',
    source: 'figure 2b',
    criterion:
      'At k = 5d, the longest context in training, the median run of each errs more than that network by at most a tenth of what predicting 0 costs.',
    published: 'k = 100: Mamba .164 to .186, Transformer .151 to .162, network .166 to .183',
    test: (evidence) => {
      const own = median(errors(evidence, RELU, 'network', 5));
      const unit = ofNothing(evidence, { of: RELU });
      return {
        checks: MODELS.map((method) =>
          check(
            `${nameOf(method)} over the network`,
            errors(evidence, RELU, method, 5).map((error) => error - own),
            'at most',
            0.1 * unit,
          ),
        ),
        ours: list(evidence, RELU, [...MODELS, 'network'], 5),
      };
    },
  },
  {
    id: 'C6b',
    claim: 'On ReLU networks, both models go on improving past the training length.',
    source: 'figure 2b',
    criterion: 'From k = 5d to 10d, the median error of each falls by at least a tenth of itself.',
    published: 'k = 200: Mamba .124 to .127, Transformer .096 to .146',
    test: (evidence) => ({
      checks: MODELS.map((method) =>
        check(
          `${nameOf(method)} at 10d`,
          errors(evidence, RELU, method, 10),
          'at most',
          0.9 * median(errors(evidence, RELU, method, 5)),
        ),
      ),
      ours: `at 5d ${list(evidence, RELU, MODELS, 5)}; at 10d ${list(evidence, RELU, MODELS, 10)}`,
    }),
  },
  {
    id: 'C6c',
    claim:
      'On ReLU networks, far past the training length, Mamba degrades less than the Transformer.',
    source: 'figure 2b',
    criterion: 'At k = 25d, the median Mamba run errs less than the median Transformer run.',
    published: 'k = 499: Mamba .112 to .124, Transformer .43 to .56',
    test: (evidence) => ({
      checks: [
        check(
          'Mamba, against the Transformer',
          errors(evidence, RELU, 'mamba', 25),
          'less than',
          median(errors(evidence, RELU, 'gpt2', 25)),
        ),
      ],
      ours: list(evidence, RELU, MODELS, 25),
    }),
  },
];

const TREES = ['greedy-tree', 'boosted-trees'];

const tree: ClaimTest[] = [
  {
    id: 'C7a',
    claim: 'On decision trees, Mamba and the Transformer beat greedy and boosted trees.',
    source: 'figure 2c',
    criterion: 'At k = 5d, the median run of each errs less than either.',
    published:
      'k = 100: Mamba .005 to .006, Transformer .001 to .006, boosted trees .034, greedy tree .053',
    test: (evidence) => {
      const best = Math.min(...TREES.map((method) => median(errors(evidence, TREE, method, 5))));
      return {
        checks: MODELS.map((method) =>
          check(nameOf(method), errors(evidence, TREE, method, 5), 'less than', best),
        ),
        ours: list(evidence, TREE, [...MODELS, ...TREES], 5),
      };
    },
  },
  {
    id: 'C7b',
    claim: 'Most Transformer runs learn trees clearly better than Mamba.',
    source: 'figure 2c',
    criterion:
      'At k = 5d, at least two thirds of the Transformer runs err at most half as much as the best Mamba run.',
    published: 'k = 100: Mamba .0048, .0061, .0057; Transformer .0057, .0010, .0011',
    test: (evidence) => {
      const best = Math.min(...errors(evidence, TREE, 'mamba', 5));
      const runs = errors(evidence, TREE, 'gpt2', 5);
      return {
        checks: [
          check(
            'Transformer, two thirds of the runs',
            runs,
            'at most',
            best / 2,
            quantile(runs, 2 / 3),
          ),
        ],
        ours: list(evidence, TREE, MODELS, 5),
      };
    },
  },
  {
    id: 'C7c',
    claim: 'On decision trees, both models go on improving past the training length.',
    source: 'figure 2c',
    criterion: 'The median error of each is lower at k = 10d than at 5d.',
    published:
      'k = 200: Mamba .001 to .0023, Transformer at most .0001 in two runs, .0069 in the third',
    test: (evidence) => ({
      checks: MODELS.map((method) =>
        check(
          `${nameOf(method)} at 10d, against 5d`,
          errors(evidence, TREE, method, 10),
          'less than',
          median(errors(evidence, TREE, method, 5)),
        ),
      ),
      ours: `at 5d ${list(evidence, TREE, MODELS, 5)}; at 10d ${list(evidence, TREE, MODELS, 10)}`,
    }),
  },
];

export const FUNCTIONS: readonly ClaimTest[] = [...sparse, ...relu, ...tree];
