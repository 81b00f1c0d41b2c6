/** How a method looks in every figure: one colour, one dash and one mark, told apart in greyscale. */
interface MethodStyle {
  /** Name in figures and sentences. */
  name: string;
  /** CSS custom property of its colour. */
  variable: string;
  /** SVG dash array; empty for a solid line. */
  dash: string;
  symbol: 'circle' | 'square' | 'triangle' | 'diamond' | undefined;
}

const METHODS: Record<string, MethodStyle> = {
  mamba: { name: 'Mamba', variable: '--mamba', dash: '', symbol: 'circle' },
  gpt2: { name: 'Transformer', variable: '--transformer', dash: '6 3', symbol: 'square' },
  'least-squares': {
    name: 'least squares',
    variable: '--baseline',
    dash: '1.5 3',
    symbol: undefined,
  },
};

/** @throws Error for a method without a style */
export function methodStyle(method: string): MethodStyle {
  const style = METHODS[method];
  if (style) return style;
  throw new Error(
    `methodStyle: expected one of ${Object.keys(METHODS).join(', ')}, got ${method}; ` +
      'add the method to src/components/figure/methods.ts',
  );
}
