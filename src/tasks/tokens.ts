/** A batch of token sequences, and what is asked of a model at each of their positions. */
export interface TokenBatch {
  batch: number;
  length: number;
  /** Ids [batch length]. */
  tokens: Float32Array;
  /** Ids to be predicted after reading up to a position [batch length]. */
  targets: Float32Array;
  /** How much a position counts [batch length], not negative; 0 where nothing is asked. */
  weights: Float32Array;
}

export interface SequenceShape {
  batch: number;
  length: number;
}
