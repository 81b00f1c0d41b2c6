import type { Check } from '../../src/artifacts/claims.ts';
import { check, last, median, nameOf, number, shown } from './claim.ts';
import type { ClaimTest, Finding } from './claim.ts';
import type { Evidence, Layers } from './evidence.ts';

const SKEWED = 'skewed-linear-regression';
const MODELS = ['mamba', 'gpt2'] as const;

const errorsOf = (layers: Layers): number[] => layers.map(({ error }) => error.mean);

/** R² of the line through log10 error against the number of the layer. */
function straightness(layers: Layers): number {
  const y = errorsOf(layers).map(Math.log10);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const middle = (y.length - 1) / 2;
  const xx = mean(y.map((_, i) => (i - middle) ** 2));
  const yy = mean(y.map((value) => (value - mean(y)) ** 2));
  const xy = mean(y.map((value, i) => (i - middle) * (value - mean(y))));
  return xy < 0 ? xy ** 2 / (xx * yy) : 0;
}

const straight = (
  [id, of, method]: [string, string, string],
  source: string,
  published: string,
): ClaimTest => ({
  id,
  claim: `On ${of === SKEWED ? 'skewed' : 'sparse'} linear regression, the error of ${method === 'gpt2' ? 'the ' : ''}${nameOf(method)} falls exponentially with depth: in a straight line on a logarithmic axis.`,
  source,
  criterion:
    'At k = 2d, the line through the logarithm of the fitted error against depth falls and explains at least 90 % of its variance, in the median run.',
  published,
  test: (evidence) => {
    const values = evidence.layers(of, method, 2).map(straightness);
    const left = values.map((share) => 1 - share);
    return {
      checks: [check(`${nameOf(method)}, left unexplained by the line`, left, 'at most', 0.1)],
      ours: `R² of ${shown(method, values)}`,
    };
  },
});

/** Depth, from 0 to 1, of the first layer whose error is below half of the first layer's; Infinity if none is. */
function halfway(layers: Layers): number {
  const errors = errorsOf(layers);
  const first = errors.findIndex((error) => error < errors[0]! / 2);
  return first < 0 ? Infinity : layers[first]!.depth;
}

/** Largest share of the fall of log error from the first to the last layer that one layer does; Infinity without a fall. */
function largestStep(layers: Layers): number {
  const logs = errorsOf(layers).map(Math.log);
  const steps = logs.slice(1).map((value, i) => logs[i]! - value);
  const fall = logs[0]! - last(logs);
  return fall > 0 ? Math.max(...steps) / fall : Infinity;
}

const forBoth = (
  evidence: Evidence,
  of: string,
  k: number,
  what: (layers: Layers) => number,
  is: Check['is'],
  bound: number,
): Finding => {
  const found = MODELS.map((method) => ({
    method,
    values: evidence.layers(of, method, k).map(what),
  }));
  return {
    checks: found.map(({ method, values }) => check(nameOf(method), values, is, bound)),
    ours: found.map(({ method, values }) => shown(method, values)).join(', '),
  };
};

const depth: ClaimTest[] = [
  straight(['C11a', SKEWED, 'gpt2'], 'figure 3d', 'R² .97'),
  straight(['C11b', SKEWED, 'mamba'], 'figure 3d', 'R² .80'),
  straight(['C11c', 'sparse-linear-regression', 'gpt2'], 'figure 3c', 'R² .98'),
  straight(['C11d', 'sparse-linear-regression', 'mamba'], 'figure 3c', 'R² .88'),
  {
    id: 'C12',
    claim: 'On ReLU networks, the error falls gradually over the layers.',
    source: 'figure 3a',
    criterion:
      'At k = 5d, no single layer does more than two thirds of the fall of the logarithm of the fitted error from the first layer to the last, in the median run of either model.',
    published: 'Mamba .80 to .20, Transformer .83 to .20, in many steps',
    test: (evidence) => {
      const finding = forBoth(evidence, 'relu-network', 5, largestStep, 'at most', 2 / 3);
      return { ...finding, ours: `largest share: ${finding.ours}` };
    },
  },
  {
    id: 'C13',
    claim: 'On decision trees, the error stays high through more than half of the layers.',
    source: 'figure 3b',
    criterion:
      "At k = 5d, the first layer whose fitted error is below half of the first layer's is there and lies in the second half, in the median run of either model.",
    published: 'at 18/23 of the depth (Mamba) and 9/11 (Transformer)',
    test: (evidence) => {
      const finding = forBoth(evidence, 'decision-tree', 5, halfway, 'more than', 0.5);
      return { ...finding, ours: `at ${finding.ours} of the depth` };
    },
  },
];

const lastErrors = (evidence: Evidence, method: string, k: number): number[] =>
  evidence.layers(SKEWED, method, k).map((layers) => last(errorsOf(layers)));

const beats = (
  id: string,
  name: string,
  of: 'gd' | 'gdPlusPlus',
  published: string,
): ClaimTest => ({
  id,
  claim: `The last layers predict better than ${name} does after as many steps as Mamba has layers.`,
  source: 'figure 3d, in the units of the models (discrepancy X7)',
  criterion: `At k = 2d on skewed inputs, the median fitted error of the last layer of either model is below the last error of ${name}.`,
  published,
  test: (evidence) => {
    const descent = last(evidence.descent('skewed')[of]);
    const runs = MODELS.map((method) => ({ method, values: lastErrors(evidence, method, 2) }));
    return {
      checks: runs.map(({ method, values }) =>
        check(`${nameOf(method)}, against ${name}`, values, 'less than', descent),
      ),
      ours: `${runs.map(({ method, values }) => shown(method, values)).join(', ')}; ${name} ${number(descent)}`,
    };
  },
});

const descents: ClaimTest[] = [
  beats('C14a', 'gradient descent', 'gd', 'Mamba .00028, Transformer .00018; gradient descent .53'),
  beats('C14b', 'GD++', 'gdPlusPlus', 'Mamba .00028, Transformer .00018; GD++ .047'),
  {
    id: 'C14c',
    claim: 'Plain gradient descent is slow on skewed inputs.',
    source: 'figure 3d, in the units of the models (discrepancy X7)',
    criterion: 'At k = 2d, its last error is more than a third of its first.',
    published: 'from .92 to .53',
    test: (evidence) => {
      const { gd } = evidence.descent('skewed');
      const [start, end] = [gd[0]!, last(gd)];
      return {
        checks: [check('last error of gradient descent', [end], 'more than', start / 3)],
        ours: `from ${number(start)} to ${number(end)}`,
      };
    },
  },
];

const lengths: ClaimTest[] = [
  {
    id: 'C15a',
    claim: 'More examples than in training make the last layer worse.',
    source: 'figure 4',
    criterion:
      'On skewed inputs, the median fitted error of the last layer of either model is larger at k = 8d than at 2d.',
    published: 'Mamba 1.32 against .00028, Transformer .0072 against .00018',
    test: (evidence) => {
      const runs = MODELS.map((method) => ({
        method,
        two: lastErrors(evidence, method, 2),
        eight: lastErrors(evidence, method, 8),
      }));
      return {
        checks: runs.map(({ method, two, eight }) =>
          check(`${nameOf(method)} at 8d, against 2d`, eight, 'more than', median(two)),
        ),
        ours: runs
          .map(({ method, two, eight }) => `${shown(method, eight)}, at 2d ${number(median(two))}`)
          .join('; '),
      };
    },
  },
  {
    id: 'C15b',
    claim:
      "With four times the examples of training, Mamba's last layers undo what its middle layers had found.",
    source: 'figure 4a',
    criterion:
      "On skewed inputs at k = 8d, the fitted error of Mamba's last layer is at least twice that of its best layer, in the median run.",
    published: 'last 1.32, best .139',
    test: (evidence) => {
      const ratios = evidence.layers(SKEWED, 'mamba', 8).map((layers) => {
        const errors = errorsOf(layers);
        return last(errors) / Math.min(...errors);
      });
      return {
        checks: [check("Mamba's last layer over its best", ratios, 'at least', 2)],
        ours: `last over best: ${shown('mamba', ratios)}`,
      };
    },
  },
];

export const LAYERS: readonly ClaimTest[] = [...depth, ...descents, ...lengths];
