/** What one panel of learning curves shows: `content/figures.ts` says so. */
export interface PanelSpec {
  /** Experiment. */
  of: string;
  /** Evaluation, by its name in the artifact. */
  on: string;
  title: string;
  note: string;
  /** Trained methods; left out, all that the experiment trained. */
  models?: readonly string[];
  baselines: readonly string[];
  /** The published panel to lay over it, such as `1a`. */
  published?: string;
}

/** A figure of learning curves. */
export interface CurvesSpec {
  panels: readonly PanelSpec[];
}
