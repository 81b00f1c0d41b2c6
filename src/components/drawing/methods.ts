/** A mark of Observable Plot. */
type Mark =
  | 'circle'
  | 'square'
  | 'triangle'
  | 'diamond'
  | 'star'
  | 'hexagon'
  | 'plus'
  | 'times'
  | 'asterisk'
  | 'wye'
  | 'cross'
  | 'triangle2'
  | 'square2'
  | 'diamond2';

/**
 * How a method looks in every figure. Colours are in styles/methods.css; the dash and the mark tell
 * methods apart without colour.
 */
interface MethodStyle {
  /** Name in figures and sentences. */
  name: string;
  /** `model` is trained; `baseline` computes its answer from the examples alone. */
  role: 'model' | 'baseline';
  /** CSS custom property of its colour. */
  variable: string;
  /** SVG dash array; empty for a solid line. */
  dash: string;
  /** Undefined for a line without marks. */
  symbol: Mark | undefined;
}

const model = (name: string, variable: string, dash: string, symbol: Mark): MethodStyle => ({
  name,
  role: 'model',
  variable,
  dash,
  symbol,
});

const baseline = (name: string, variable: string, dash: string, symbol?: Mark): MethodStyle => ({
  name,
  role: 'baseline',
  variable,
  dash,
  symbol,
});

const METHODS: Record<string, MethodStyle> = {
  mamba: model('Mamba', '--mamba', '', 'circle'),
  gpt2: model('Transformer', '--transformer', '6 3', 'square'),
  s4d: model('S4D', '--s4d', '2 2', 'triangle'),
  rwkv4: model('RWKV-4', '--rwkv', '9 3 2 3', 'diamond'),
  lstm: model('LSTM', '--lstm', '4 2 1 2', 'star'),
  mambaformer: model('MambaFormer', '--mambaformer', '12 3', 'hexagon'),
  'least-squares': baseline('least squares', '--least-squares', '1.5 3'),
  ridge: baseline('ridge', '--ridge', '5 2 1 2', 'plus'),
  lasso: baseline('lasso', '--lasso', '3 3', 'times'),
  'nearest-neighbours': baseline('nearest neighbours', '--neighbours', '1 2', 'asterisk'),
  averaging: baseline('averaging', '--averaging', '7 3', 'wye'),
  network: baseline('network, Adam', '--network', '4 2', 'cross'),
  'greedy-tree': baseline('greedy tree', '--greedy-tree', '2 3', 'triangle2'),
  'boosted-trees': baseline('boosted trees', '--boosted-trees', '8 2 2 2', 'square2'),
  gd: baseline('gradient descent', '--gd', '3 2', 'diamond2'),
  'gd++': baseline('GD++', '--gd-plus', '6 2 2 2 2 2'),
};

/** Every method that figures can show, in the order of legends: models, then baselines. */
export const methodIds: readonly string[] = Object.keys(METHODS);

/** @throws Error for a method without a style */
export function methodStyle(method: string): MethodStyle {
  const style = METHODS[method];
  if (style) return style;
  throw new Error(
    `methodStyle: expected one of ${methodIds.join(', ')}, got ${method}; ` +
      'add the method to src/components/drawing/methods.ts and its colour to styles/methods.css',
  );
}

/** The methods of these, each once, in their order. */
export const methodsOf = (items: readonly { method: string }[]): string[] => [
  ...new Set(items.map(({ method }) => method)),
];
