import type { Backbone } from './model.ts';

/** The sizes of Garg et al. (2022), which the paper takes over. */
export type Size = 'tiny' | 'small' | 'standard';

/** What an architecture's file says of it, besides how it stands between ends for vectors. */
export interface Architecture<Config> {
  backbone(config: Config): Backbone;
  /** As published where it was; else with about as many parameters as those (PAPER 1). */
  sizes: Record<Size, Config>;
  /** Trained scalars over 20 dimensions. */
  parameterCounts: Record<Size, number>;
}
