import type { NodeResult } from '../../src/lab/experiment.ts';
import type { Parameters } from '../../src/models/model.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { toTensors } from '../../src/numerics/tensors.ts';

/** A training's weights on the device; the caller disposes them. */
export const trainedWeights = (training: NodeResult): Parameters =>
  toTensors(decode(training.files['weights.safetensors']!));
