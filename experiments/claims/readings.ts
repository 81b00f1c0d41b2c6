import { check, last, median, nameOf, number } from './claim.ts';
import type { ClaimTest } from './claim.ts';
import type { Evidence, Layers } from './evidence.ts';

const MODELS = ['mamba', 'gpt2'];

/** Experiment, in words, and its training length in d. */
const CLASSES: [string, string, number][] = [
  ['skewed-linear-regression', 'skewed linear regression', 2],
  ['sparse-linear-regression', 'sparse linear regression', 2],
  ['relu-network', 'ReLU networks', 5],
  ['decision-tree', 'decision trees', 5],
];

/** Of every run of both models: mean scale and shift at the last layer, the shift in deviations of y. */
function atTheEnd(evidence: Evidence, of: string, k: number) {
  const { d } = evidence.curves(of);
  const silent = of === 'decision-tree' ? 'nearest-neighbours' : 'least-squares';
  const deviation = Math.sqrt(d * evidence.errors({ of, method: silent, k: 0 })[0]!);
  return MODELS.map((method) => {
    const ends = evidence.layers(of, method, k, 'fitted lines').map((layers) => last(layers));
    const scales = ends.map(({ scale }) => scale.mean);
    const shifts = ends.map(({ shift }) => shift.mean / deviation);
    return { method, scales, shifts, scale: median(scales), shift: median(shifts) };
  });
}

const settles = CLASSES.map(([of, words, k], i): ClaimTest => ({
  id: `C16${'abcd'[i]}`,
  claim: `On ${words}, what the decoder reads from the last layer needs neither scaling nor shifting.`,
  source: i === 0 ? 'figure 5' : `figure 12${'abc'[i - 1]}`,
  criterion: `At k = ${k}d, the fitted scale averages within 0.1 of 1 and the shift within a tenth of y's standard deviation of 0 at the last layer, in the median run of either model.`,
  published: 'scale 1.00, shift 0.00',
  test: (evidence) => {
    const found = atTheEnd(evidence, of, k);
    return {
      checks: found.flatMap(({ method, scales, shifts, scale, shift }) => [
        check(
          `${nameOf(method)}, scale from 1`,
          scales.map((value) => Math.abs(value - 1)),
          'at most',
          0.1,
          Math.abs(scale - 1),
        ),
        check(
          `${nameOf(method)}, shift from 0`,
          shifts.map(Math.abs),
          'at most',
          0.1,
          Math.abs(shift),
        ),
      ]),
      ours: found
        .map(({ method, scale, shift }) => `${nameOf(method)} ${number(scale)}, ${number(shift)}`)
        .join('; '),
    };
  },
}));

/** Spread of the scale between functions at the last layer, relative to the largest of any layer. */
function narrowing(layers: Layers): number {
  const spreads = layers.map(({ scale }) => scale.sd);
  return last(spreads) / Math.max(...spreads);
}

const narrows: ClaimTest = {
  id: 'C16e',
  claim: 'Towards the last layer, scale and shift differ less and less between functions.',
  source: 'figure 5',
  criterion:
    'On skewed inputs at k = 2d, the standard deviation of the fitted scale between functions at the last layer is at most a quarter of its largest at any layer, in the median run of either model.',
  published: null,
  test: (evidence) => {
    const found = MODELS.map((method) => ({
      method,
      ratios: evidence.layers('skewed-linear-regression', method, 2, 'fitted lines').map(narrowing),
    }));
    return {
      checks: found.map(({ method, ratios }) => check(nameOf(method), ratios, 'at most', 0.25)),
      ours: found
        .map(({ method, ratios }) => `${nameOf(method)} ${number(median(ratios))}`)
        .join(', '),
    };
  },
};

export const READINGS: readonly ClaimTest[] = [...settles, narrows];
