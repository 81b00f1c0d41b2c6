import type { Method } from '../src/components/drawing/method.ts';

const model = (
  name: string,
  variable: `--${string}`,
  colours: Method['colours'],
  dash: string,
  symbol: Method['symbol'],
): Method => ({ name, role: 'model', variable, colours, dash, symbol });

const baseline = (
  name: string,
  variable: `--${string}`,
  colours: Method['colours'],
  dash: string,
  symbol?: Method['symbol'],
): Method => ({ name, role: 'baseline', variable, colours, dash, symbol });

/** Models, then baselines, in the order of legends; the models stay apart for readers who miss a cone. */
export const methods: Record<string, Method> = {
  mamba: model('Mamba', '--mamba', ['#154c8a', '#6cb0ff'], '', 'circle'),
  gpt2: model('Transformer', '--transformer', ['#b85200', '#ff9f4a'], '6 3', 'square'),
  s4d: model('S4D', '--s4d', ['#a53cbf', '#af7cb1'], '2 2', 'triangle'),
  rwkv4: model('RWKV-4', '--rwkv', ['#2d8153', '#37e9d4'], '9 3 2 3', 'diamond'),
  lstm: model('LSTM', '--lstm', ['#494f00', '#f2e232'], '4 2 1 2', 'star'),
  mambaformer: model('MambaFormer', '--mambaformer', ['#831656', '#f55761'], '12 3', 'hexagon'),
  'least-squares': baseline('least squares', '--least-squares', ['#5f6069', '#a8a9b4'], '1.5 3'),
  ridge: baseline('ridge', '--ridge', ['#5b7186', '#9db4ca'], '5 2 1 2', 'plus'),
  lasso: baseline('lasso', '--lasso', ['#4d7560', '#97c4ab'], '3 3', 'times'),
  'nearest-neighbours': baseline(
    'nearest neighbours',
    '--neighbours',
    ['#85596a', '#d0a3b4'],
    '1 2',
    'asterisk',
  ),
  averaging: baseline('averaging', '--averaging', ['#6d6788', '#b9b2d8'], '7 3', 'wye'),
  network: baseline('network, Adam', '--network', ['#6a58a8', '#b7a6f2'], '4 2', 'cross'),
  'greedy-tree': baseline(
    'greedy tree',
    '--greedy-tree',
    ['#66722f', '#b7c66f'],
    '2 3',
    'triangle2',
  ),
  'boosted-trees': baseline(
    'boosted trees',
    '--boosted-trees',
    ['#86603a', '#d4ab82'],
    '8 2 2 2',
    'square2',
  ),
  gd: baseline('gradient descent', '--gd', ['#8f5245', '#dc9f90'], '3 2', 'diamond2'),
  'gd++': baseline('GD++', '--gd-plus', ['#2f7488', '#7fc4d8'], '6 2 2 2 2 2'),
};
