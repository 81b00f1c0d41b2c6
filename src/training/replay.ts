import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adamScalars } from '../kernels/adam/webgpu.ts';
import { Recording } from '../kernels/webgpu/recording.ts';
import { interleave } from '../tasks/prompts.ts';
import type { Prompts } from '../tasks/prompts.ts';
import type { Adam } from './adam.ts';
import { drawsNothing } from './draws-nothing.ts';
import { lossAndGradients } from './loss.ts';
import type { SequenceModel } from '../models/model.ts';
import type { RandomStream } from './random.ts';

/** One step of Adam on prompts of one shape, on `webgpu`. */
interface RecordedStep {
  recording: Recording<tf.Scalar>;
  setTokens(values: Float32Array): void;
  setTargets(values: Float32Array): void;
}

/**
 * One step of Adam.
 * @param step counts from 1
 * @param random what is random in the forward pass
 * @returns the loss; the caller disposes of it
 */
export function plainStep(
  model: SequenceModel,
  adam: Adam,
  prompts: Prompts,
  step: number,
  learningRate: number,
  random: RandomStream,
): tf.Scalar {
  const { loss, gradients } = lossAndGradients(model, adam.parameters, prompts, random);
  adam.step(gradients, step, learningRate);
  tf.dispose(gradients);
  return loss as tf.Scalar;
}

/**
 * The steps of a training with what the GPU does recorded: the first step on prompts of a new length runs through
 * TensorFlow.js, the second is recorded, and all others repeat it, to the same bits.
 */
export class ReplayedSteps {
  readonly #model: SequenceModel;
  readonly #adam: Adam;
  #points = 0;
  #recorded: RecordedStep | undefined;

  /** @param model one that draws nothing in its forward pass */
  constructor(model: SequenceModel, adam: Adam) {
    this.#model = model;
    this.#adam = adam;
  }

  /**
   * @param step counts from 1
   * @returns the loss; the caller disposes of it
   */
  take(prompts: Prompts, step: number, learningRate: number): tf.Tensor {
    if (prompts.points !== this.#points) return this.#takeFirst(prompts, step, learningRate);
    this.#recorded ??= this.#record(prompts, step, learningRate);
    const { recording, setTokens, setTargets } = this.#recorded;
    setTokens(interleave(prompts));
    setTargets(prompts.ys);
    recording.setScalars('AdamStep', adamScalars(step, learningRate));
    recording.run();
    return tf.mul(recording.result, 1);
  }

  #takeFirst(prompts: Prompts, step: number, learningRate: number): tf.Scalar {
    this.dispose();
    this.#points = prompts.points;
    return this.#plain(prompts, step, learningRate);
  }

  #plain(prompts: Prompts, step: number, learningRate: number): tf.Scalar {
    return plainStep(this.#model, this.#adam, prompts, step, learningRate, DRAWS_NOTHING);
  }

  #record(prompts: Prompts, step: number, learningRate: number): RecordedStep {
    const recording = new Recording(tf.backend() as WebGPUBackend, () =>
      this.#plain(prompts, step, learningRate),
    );
    return {
      recording,
      setTokens: recording.input(interleave(prompts)),
      setTargets: recording.input(prompts.ys),
    };
  }

  dispose(): void {
    this.#recorded?.recording.dispose((loss) => loss.dispose());
    this.#recorded = undefined;
  }
}

/** What a model draws while its step is recorded would be the same in every step. */
const DRAWS_NOTHING = drawsNothing('replay', 'train it without replay');
