export interface Label {
  text: string;
  /** Vertical place that the label would like, in pixels. */
  y: number;
  variable: string;
  layer: string;
}

/** Moves labels apart to at least `gap` pixels, keeping their order and staying within the bounds. */
export function spread(labels: readonly Label[], gap: number, low: number, high: number): Label[] {
  const sorted = labels.map((label) => ({ ...label })).sort((a, b) => a.y - b.y);
  for (let pass = 0; pass < 60; pass++) {
    for (let i = 1; i < sorted.length; i++) {
      const [above, below] = [sorted[i - 1] as Label, sorted[i] as Label];
      const overlap = gap - (below.y - above.y);
      if (overlap <= 0) continue;
      above.y -= overlap / 2;
      below.y += overlap / 2;
    }
    for (const label of sorted) label.y = Math.min(Math.max(label.y, low), high);
  }
  return sorted;
}
