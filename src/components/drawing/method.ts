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
 * How a method of `content/methods.ts` looks in every figure: the dash and the mark tell methods apart without colour.
 */
export interface Method {
  /** Name in figures and sentences. */
  name: string;
  /** `model` is trained; `baseline` computes its answer from the examples alone. */
  role: 'model' | 'baseline';
  /** On a light and on a dark ground, as #rrggbb; text and lines should reach 4.5 : 1 on either. */
  colours: readonly [light: string, dark: string];
  /** SVG dash array; empty for a solid line. */
  dash: string;
  /** Left out for a line without marks. */
  symbol?: Mark | undefined;
  /** CSS custom property of its colour; `--` and the method's id if left out. */
  variable?: `--${string}`;
}
