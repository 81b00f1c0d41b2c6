/** Size of a panel and its margins, in units of its viewBox. */
export interface PanelSize {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What a panel has unless its chart says otherwise. */
export const PANEL: PanelSize = {
  width: 472,
  height: 356,
  left: 46,
  right: 122,
  top: 42,
  bottom: 44,
};

type AxisType = 'linear' | 'log' | 'sqrt';

/** How values are laid out along one side of a panel. */
export interface Axis {
  type: AxisType;
  domain: readonly [number, number];
  /** Of a logarithmic axis, 10 if left out: its ticks must be powers of it to be labelled. */
  base?: number;
}

const TRANSFORM: Record<AxisType, (value: number) => number> = {
  linear: (value) => value,
  log: Math.log,
  sqrt: Math.sqrt,
};

/** Where a value lies between the ends of an axis, 0 to 1 inside. */
function place({ type, domain: [low, high] }: Axis, value: number): number {
  const at = TRANSFORM[type];
  return (at(value) - at(low)) / (at(high) - at(low));
}

export const acrossAt = (
  axis: Axis,
  value: number,
  { width, left, right }: PanelSize = PANEL,
): number => left + place(axis, value) * (width - left - right);

export const downAt = (
  axis: Axis,
  value: number,
  { height, top, bottom }: PanelSize = PANEL,
): number => height - bottom - place(axis, value) * (height - bottom - top);

/** The value at a place across a linear axis, as `acrossAt` puts it there. */
export const valueAcross = ({ domain: [low, high] }: Axis, at: number): number =>
  low + ((at - PANEL.left) / (PANEL.width - PANEL.left - PANEL.right)) * (high - low);

/** The value at a place down a linear axis, as `downAt` puts it there. */
export const valueDown = ({ domain: [low, high] }: Axis, at: number): number =>
  low +
  ((PANEL.height - PANEL.bottom - at) / (PANEL.height - PANEL.bottom - PANEL.top)) * (high - low);

export const clamp = ({ domain: [low, high] }: Pick<Axis, 'domain'>, value: number): number =>
  Math.min(Math.max(value, low), high);
