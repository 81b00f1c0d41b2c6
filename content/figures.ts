import { gammaGrid } from '../src/components/figures/descent/figure.ts';
import { layerErrors } from '../src/components/figures/layers/errors.ts';
import { layerReadings } from '../src/components/figures/layers/readings.ts';
import { learningCurves } from '../src/components/figures/learning-curves/figure.ts';
import { lineFigure } from '../src/components/figures/line/figure.ts';
import { orderSensitivity } from '../src/components/figures/order/figure.ts';
import type { FigureEntry } from '../src/components/paper/paper.ts';
import { pilotsFigure } from '../src/components/figures/pilots/figure.ts';
import { scalingFigure } from '../src/components/figures/scaling/figure.ts';
import { scanFigure } from '../src/components/figures/speed/figure.ts';
import { trainingLoss } from '../src/components/figures/loss/figure.ts';
import { tokenFigure } from '../src/components/figures/token-curves/figure.ts';

const SKEWED = 'skewed-linear-regression';
const SPARSE = 'sparse-linear-regression';
const RELU = 'relu-network';
const TREE = 'decision-tree';
const ISOTROPIC = 'isotropic-linear-regression';
const LEAST_SQUARES = ['least-squares'];
const BOTH = ['mamba', 'gpt2'];

const shifted = (of: string, figure: (panel: string) => string) =>
  (
    [
      ['b', 'noisy', 'Noisy targets', 'y = w·x + noise', [...LEAST_SQUARES, 'ridge']],
      ['c', 'orthants', 'Different orthants', 'queries from all', LEAST_SQUARES],
      ['d', 'scaled-x-0.333', 'Inputs scaled', 'x / 3; predicting 0 errs 1/9', LEAST_SQUARES],
      ['e', 'scaled-y-0.333', 'Targets scaled', 'y / 3; predicting 0 errs 1/9', LEAST_SQUARES],
      ['f', 'half-subspace', 'Half the dimensions', 'in a random subspace', LEAST_SQUARES],
    ] as const
  ).map(([panel, on, title, note, baselines]) => ({
    of,
    on,
    title,
    note,
    baselines,
    published: figure(panel),
  }));

/** The figures that sections may show, by id. Those that none shows are not drawn. */
export const figures: Record<string, FigureEntry> = {
  'skewed-linear-regression': learningCurves({
    panels: [
      {
        of: SKEWED,
        on: 'training',
        title: 'Skewed inputs',
        note: 'as in training',
        baselines: LEAST_SQUARES,
      },
      {
        of: SKEWED,
        on: 'isotropic',
        title: 'Isotropic inputs',
        note: 'a shift; published as panel (a)',
        baselines: LEAST_SQUARES,
        published: '1a',
      },
    ],
  }),
  ood: learningCurves({ panels: shifted(SKEWED, (panel) => `1${panel}`) }),
  functions: learningCurves({
    panels: [
      {
        of: SPARSE,
        on: 'training',
        title: 'Sparse linear functions',
        note: 'three weights, others 0',
        baselines: ['least-squares', 'lasso'],
        published: '2a',
      },
      {
        of: RELU,
        on: 'training',
        title: 'ReLU networks',
        note: 'one layer of 100 hidden units',
        baselines: ['least-squares', 'network'],
        published: '2b',
      },
      {
        of: TREE,
        on: 'training',
        title: 'Decision trees',
        note: 'by signs of coordinates',
        baselines: ['greedy-tree', 'boosted-trees'],
        published: '2c',
      },
    ],
  }),
  isotropic: learningCurves({
    panels: [
      {
        of: ISOTROPIC,
        on: 'training',
        title: 'Isotropic inputs',
        note: 'as in this training',
        baselines: LEAST_SQUARES,
        published: '8',
      },
      {
        of: ISOTROPIC,
        on: 'skewed',
        title: 'Skewed inputs',
        note: 'a shift here',
        baselines: LEAST_SQUARES,
        published: '9',
      },
      ...shifted(ISOTROPIC, () => '9').filter(({ on }) =>
        ['orthants', 'noisy', 'scaled-x-0.333'].includes(on),
      ),
    ],
  }),
  longer: learningCurves({
    panels: [
      {
        of: SKEWED,
        on: 'isotropic',
        title: 'Trained on 2d examples',
        note: 'tested on isotropic inputs',
        models: BOTH,
        baselines: [],
        published: '1a',
      },
      {
        of: 'longer-contexts',
        on: 'isotropic',
        title: 'Trained on 4d examples',
        note: 'tested on isotropic inputs',
        models: ['mamba-4d', 'gpt2-4d'],
        baselines: [],
        published: '10b',
      },
      {
        of: 'longer-contexts',
        on: 'isotropic',
        title: 'Trained on 8d examples',
        note: 'tested on isotropic inputs',
        models: ['mamba-8d', 'gpt2-8d'],
        baselines: [],
        published: '10c',
      },
    ],
  }),
  noise: learningCurves({
    panels: [
      {
        of: SKEWED,
        on: 'isotropic',
        title: 'Mamba from a state of zero',
        note: 'as published',
        models: ['mamba'],
        baselines: LEAST_SQUARES,
        published: '1a',
      },
      {
        of: 'state-noise',
        on: 'isotropic',
        title: 'Mamba from random states',
        note: 'in training only',
        models: ['mamba-noise'],
        baselines: [],
      },
    ],
  }),
  architectures: learningCurves({
    panels: (
      [
        ['training', 'Skewed inputs', 'as in training'],
        ['isotropic', 'Isotropic inputs', 'a shift'],
      ] as const
    ).map(([on, title, note]) => ({
      of: 'other-architectures',
      on,
      title,
      note,
      baselines: LEAST_SQUARES,
    })),
  }),
  layers: layerErrors({
    panels: [
      {
        of: SKEWED,
        title: 'Skewed linear regression',
        note: 'after 2d examples',
        models: BOTH,
        k: [2],
        published: '3d',
        descent: 'skewed',
      },
      {
        of: SPARSE,
        title: 'Sparse linear functions',
        note: 'after 2d examples',
        models: BOTH,
        k: [2],
        published: '3c',
      },
      {
        of: RELU,
        title: 'ReLU networks',
        note: 'after 5d examples',
        models: BOTH,
        k: [5],
        published: '3a',
      },
      {
        of: TREE,
        title: 'Decision trees',
        note: 'after 5d examples',
        models: BOTH,
        k: [5],
        published: '3b',
      },
    ],
  }),
  'layers-k': layerErrors({
    panels: [
      ['mamba', 'Mamba'],
      ['gpt2', 'Transformer'],
    ].map(([method, title]) => ({
      of: SKEWED,
      title: title!,
      note: 'trained on 2d examples',
      models: [method!],
      k: [2, 4, 8],
      published: '4',
    })),
  }),
  'scale-shift': layerReadings(
    (
      [
        [SKEWED, 'Skewed', 2, '5'],
        [SPARSE, 'Sparse', 2, '12a'],
        [RELU, 'ReLU networks', 5, '12b'],
        [TREE, 'Trees', 5, '12c'],
      ] as const
    ).map(([of, title, k, published]) => ({
      of,
      title,
      note: '',
      models: BOTH,
      k: [k],
      published,
    })),
  ),
  gamma: gammaGrid({
    panels: [
      { run: 'skewed', title: 'Skewed inputs', note: 'as in the probes' },
      { run: 'isotropic', title: 'Isotropic inputs', note: 'where plain descent is fast' },
    ],
    published: 0.045,
  }),
  order: orderSensitivity([
    { of: SKEWED, title: 'Skewed linear regression', note: 'variance filled, error hollow' },
    { of: TREE, title: 'Decision trees', note: 'variance filled, error hollow' },
  ]),
  line: lineFigure(),
  pilots: pilotsFigure(),
  scaling: scalingFigure(),
  scan: scanFigure(),
  markov: tokenFigure([
    {
      of: 'markov',
      title: 'One layer of Mamba',
      note: 'its convolution or none',
      lines: [
        { method: 'mamba', name: 'Mamba', like: 'mamba' },
        { method: 'mamba-one-tap', name: 'no convolution', like: 'mamba', dash: '2 3' },
        { method: 'unigram', name: 'token counts', like: 'averaging' },
      ],
    },
    {
      of: 'markov',
      title: 'One layer of attention',
      note: 'with positions',
      lines: [
        { method: 'gpt2-rotary', name: 'Transformer', like: 'gpt2' },
        { method: 'unigram', name: 'token counts', like: 'averaging' },
      ],
    },
  ]),
  training: trainingLoss([
    { of: SKEWED, title: 'Skewed inputs', note: 'the main experiment' },
    { of: ISOTROPIC, title: 'Isotropic inputs', note: 'for comparison' },
  ]),
  loss: trainingLoss([
    { of: SKEWED, title: 'Skewed linear regression', note: 'every training' },
    { of: SPARSE, title: 'Sparse linear functions', note: 'every training' },
    { of: RELU, title: 'ReLU networks', note: 'every training' },
    { of: TREE, title: 'Decision trees', note: 'every training' },
  ]),
};
