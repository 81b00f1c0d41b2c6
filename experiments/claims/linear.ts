import {
  check,
  gaps,
  median,
  nameOf,
  number,
  ofNothing,
  overLeast,
  quantile,
  shown,
} from './claim.ts';
import type { ClaimTest, Finding } from './claim.ts';
import type { Evidence, Place } from './evidence.ts';

const SKEWED = 'skewed-linear-regression';

/** Median gap of a method to least squares at k = 2d, at most `most`. */
export function close(evidence: Evidence, place: Omit<Place, 'k'>, most: number): Finding {
  const at = { ...place, k: 2 };
  const least = evidence.errors({ ...at, method: 'least-squares' });
  return {
    checks: [check(overLeast(place.method), gaps(evidence, at), 'at most', most)],
    ours: `${shown(place.method, evidence.errors(at))}; ${shown('least-squares', least)}`,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means over k = 1, …, 3d/4 of the gap to least squares: of each run's, and of the median run's. */
function earlyGap(evidence: Evidence, place: Omit<Place, 'k'>) {
  const { d } = evidence.curves(place.of);
  const ks = Array.from({ length: Math.floor(0.75 * d) }, (_, i) => (i + 1) / d);
  const at = ks.map((k) => gaps(evidence, { ...place, k }));
  const runs = at[0]!.map((_, run) => mean(at.map((all) => all[run]!)));
  return { runs, value: mean(at.map(median)) };
}

const inDistribution: ClaimTest[] = [
  {
    id: 'C1a',
    claim:
      'On the skewed inputs it was trained on, Mamba matches least squares within the training length.',
    source: 'figure 1a',
    criterion:
      'At k = 2d on the training distribution, the median Mamba run errs at most 0.05 more than least squares.',
    published: 'Mamba .006 and .002, least squares 0 (on isotropic inputs, k = 40)',
    test: (evidence) => close(evidence, { of: SKEWED, method: 'mamba' }, 0.05),
  },
  {
    id: 'C1b',
    claim:
      'On the skewed inputs it was trained on, the Transformer matches least squares within the training length.',
    source: 'figure 1a',
    criterion:
      'At k = 2d on the training distribution, the median Transformer run errs at most 0.08 more than least squares.',
    published: 'Transformer at most .0007, least squares 0 (on isotropic inputs, k = 40)',
    test: (evidence) => close(evidence, { of: SKEWED, method: 'gpt2' }, 0.08),
  },
  {
    id: 'C1c',
    claim: 'Mamba and the Transformer follow least squares from the first examples on.',
    source: 'figure 1a',
    criterion:
      'On isotropic inputs, which the figure shows, the median gap to least squares averages at most 0.05 over k = 1 to 3d/4, for Mamba and for the Transformer.',
    published: 'at most .011 on average over k ≤ 15',
    test: (evidence) => {
      const early = ['mamba', 'gpt2'].map((method) => ({
        method,
        ...earlyGap(evidence, { of: SKEWED, method, on: 'isotropic' }),
      }));
      return {
        checks: early.map(({ method, runs, value }) =>
          check(overLeast(method), runs, 'at most', 0.05, value),
        ),
        ours: early.map(({ method, value }) => `${nameOf(method)} ${number(value)}`).join(', '),
      };
    },
  },
];

/** Panel, its evaluation, in words, and published errors at k = 40. */
const SHIFTS: [string, string, string, string][] = [
  [
    'b',
    'noisy',
    'noisy targets',
    'Mamba .139 and .235, Transformer .116 to .142, least squares .096',
  ],
  [
    'c',
    'orthants',
    'a context from one orthant and queries from all',
    'Mamba .002, Transformer .001 to .005, least squares 0',
  ],
  [
    'd',
    'scaled-x-0.333',
    'inputs scaled by a third',
    'Mamba .0001, Transformer .0006 to .006, least squares 0; nothing .111',
  ],
  [
    'e',
    'scaled-y-0.333',
    'targets scaled by a third',
    'Mamba .0005 to .0015, Transformer at most .0002, least squares 0; nothing .111',
  ],
  [
    'f',
    'half-subspace',
    'inputs from half the dimensions',
    'Mamba .0003 and .006, Transformer .0001 to .009, least squares 0',
  ],
];

const shifted: ClaimTest[] = SHIFTS.map(([panel, on, words, published]) => ({
  id: `C2${panel}`,
  claim: `Mamba and the Transformer stay close to least squares on ${words}.`,
  source: `figure 1${panel}`,
  criterion:
    'At k = 2d, the median run of each errs more than least squares by at most a tenth of what predicting 0 costs there.',
  published,
  test: (evidence) => {
    const unit = ofNothing(evidence, { of: SKEWED, on });
    const methods = ['mamba', 'gpt2', 'least-squares'];
    const places = methods.map((method): Place => ({ of: SKEWED, method, on, k: 2 }));
    return {
      checks: places
        .slice(0, 2)
        .map((place) =>
          check(overLeast(place.method), gaps(evidence, place), 'at most', 0.1 * unit),
        ),
      ours: places.map((place) => shown(place.method, evidence.errors(place))).join(', '),
    };
  },
}));

const NOISE_FREE = [
  'training',
  'isotropic',
  'orthants',
  'scaled-x-0.333',
  'scaled-y-0.333',
  'half-subspace',
];

const s4: ClaimTest[] = [
  {
    id: 'C3a',
    claim: 'S4 is much worse than Mamba and the Transformer wherever there is no noise.',
    source: 'figures 1a, 1c to 1f',
    criterion:
      'At k = 2d on the training distribution, isotropic inputs and every noise-free shift of figure 1, the median gap of S4D to least squares is at least twice that of Mamba and of the Transformer.',
    published: 'S4 .095 to .124 (a), .22 (c), .012 (d, e), .009 to .011 (f)',
    test: (evidence) => {
      const found = NOISE_FREE.map((on) => {
        const of = (method: string) => gaps(evidence, { of: SKEWED, method, on, k: 2 });
        return { on, s4d: of('s4d'), other: Math.max(median(of('mamba')), median(of('gpt2'))) };
      });
      const words = found.map(
        ({ on, s4d, other }) => `${on} ${number(median(s4d))}, ${number(other)}`,
      );
      return {
        checks: found.map(({ on, s4d, other }) =>
          check(`${overLeast('s4d')}, ${on}`, s4d, 'at least', 2 * other),
        ),
        ours: `gaps of S4D and of the worse of the other two: ${words.join('; ')}`,
      };
    },
  },
  {
    id: 'C3b',
    claim: 'S4 misses least squares on noisy targets, too.',
    source: 'figure 1b',
    criterion:
      'At k = 2d, the median S4D run errs more than least squares by at least a twentieth of what predicting 0 costs.',
    published: 'S4 .170 to .208, least squares .096',
    test: (evidence) => {
      const place = { of: SKEWED, method: 's4d', on: 'noisy', k: 2 };
      const unit = ofNothing(evidence, place);
      const least = evidence.errors({ ...place, method: 'least-squares' });
      return {
        checks: [check(overLeast('s4d'), gaps(evidence, place), 'at least', 0.05 * unit)],
        ours: `${shown('s4d', evidence.errors(place))}, ${shown('least-squares', least)}`,
      };
    },
  },
];

/** Errors of every run on isotropic inputs at k = 2d and at the end of the curves. */
function lengths(evidence: Evidence, method: string) {
  const at = (k: number) => evidence.errors({ of: SKEWED, method, on: 'isotropic', k });
  const [before, after] = [at(2), at(25)];
  return { before, after, rises: after.map((value, i) => value - before[i]!) };
}

const extrapolation: ClaimTest[] = [
  {
    id: 'C4a',
    claim: 'Past the training length, every Mamba run degrades a lot.',
    source: 'figure 1',
    criterion:
      'On isotropic inputs at k = 25d, every Mamba run errs at least twice as much as at k = 2d, and more than a tenth of what predicting 0 costs.',
    published: 'Mamba .64 and 5.7 at k = 499 (two curves drawn)',
    test: (evidence) => {
      const { before, after } = lengths(evidence, 'mamba');
      const unit = ofNothing(evidence, { of: SKEWED, on: 'isotropic' });
      const factors = after.map((value, i) => value / before[i]!);
      return {
        checks: [
          check('Mamba at 25d over 2d, least run', factors, 'at least', 2, Math.min(...factors)),
          check('Mamba at 25d, least run', after, 'more than', 0.1 * unit, Math.min(...after)),
        ],
        ours: `${shown('mamba', after)}; at 2d ${shown('mamba', before)}`,
      };
    },
  },
  {
    id: 'C4b',
    claim: 'Past the training length, most Transformer runs degrade only a little.',
    source: 'figure 1',
    criterion:
      'On isotropic inputs from k = 2d to 25d, the error of at least two thirds of the Transformer runs rises by less than a tenth of what predicting 0 costs.',
    published: 'Transformer .027, .039 and 1.29 at k = 499',
    test: (evidence) => {
      const { before, after, rises } = lengths(evidence, 'gpt2');
      const unit = ofNothing(evidence, { of: SKEWED, on: 'isotropic' });
      return {
        checks: [
          check(
            'rise of the Transformer, two thirds of the runs',
            rises,
            'less than',
            0.1 * unit,
            quantile(rises, 2 / 3),
          ),
        ],
        ours: `${shown('gpt2', after)}; at 2d ${shown('gpt2', before)}`,
      };
    },
  },
  {
    id: 'C4c',
    claim: 'Past the training length, Mamba degrades more than the Transformer.',
    source: 'figure 1',
    criterion:
      'On isotropic inputs from k = 2d to 25d, the median rise of Mamba is larger than that of the Transformer.',
    published: 'Mamba by .6 and 5.7, Transformer by .03, .04 and 1.3',
    test: (evidence) => {
      const [mamba, gpt2] = ['mamba', 'gpt2'].map((method) => lengths(evidence, method).rises);
      return {
        checks: [
          check('rise of Mamba, against the Transformer', mamba!, 'more than', median(gpt2!)),
        ],
        ours: `rise of ${shown('mamba', mamba!)}, ${shown('gpt2', gpt2!)}`,
      };
    },
  },
];

export const LINEAR: readonly ClaimTest[] = [
  ...inDistribution,
  ...shifted,
  ...s4,
  ...extrapolation,
];
