import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adamScalars } from '../kernels/adam/webgpu.ts';
import { Recording } from '../kernels/webgpu/recording.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';
import type { Adam } from './adam.ts';
import { drawsNothing } from './draws-nothing.ts';
import { gradientsWithinMemory } from './micro-batches.ts';
import type { StepObjective } from './objective.ts';

/** One step of Adam on feeds of the same shapes, on `webgpu`. */
interface RecordedStep {
  recording: Recording<tf.Scalar>;
  /** One a feed. */
  set: ((values: Float32Array) => void)[];
}

/**
 * One step of Adam.
 * @param step counts from 1
 * @param random what is random in the forward pass
 * @returns the loss; the caller disposes of it
 */
export function plainStep(
  objective: StepObjective,
  adam: Adam,
  feeds: readonly HostTensor[],
  step: number,
  learningRate: number,
  random: RandomStream,
): tf.Scalar {
  const { loss, gradients } = gradientsWithinMemory(objective, adam.parameters, feeds, random);
  adam.step(gradients, step, learningRate);
  tf.dispose(gradients);
  return loss as tf.Scalar;
}

/**
 * The steps of a training with what the GPU does recorded: the first step on feeds of new shapes runs through
 * TensorFlow.js, the second is recorded, and all others repeat it, to the same bits.
 */
export class ReplayedSteps {
  readonly #objective: StepObjective;
  readonly #adam: Adam;
  #shapes = '';
  #recorded: RecordedStep | undefined;

  /** @param objective one whose loss draws nothing */
  constructor(objective: StepObjective, adam: Adam) {
    this.#objective = objective;
    this.#adam = adam;
  }

  /**
   * @param step counts from 1
   * @returns the loss; the caller disposes of it
   */
  take(feeds: readonly HostTensor[], step: number, learningRate: number): tf.Tensor {
    const shapes = JSON.stringify(feeds.map(({ shape }) => shape));
    if (shapes !== this.#shapes) {
      this.dispose();
      this.#shapes = shapes;
      return this.#plain(feeds, step, learningRate);
    }
    this.#recorded ??= this.#record(feeds, step, learningRate);
    const { recording, set } = this.#recorded;
    for (const [i, { values }] of feeds.entries()) set[i]!(values);
    recording.setScalars('AdamStep', adamScalars(step, learningRate));
    recording.run();
    return tf.mul(recording.result, 1);
  }

  #plain(feeds: readonly HostTensor[], step: number, learningRate: number): tf.Scalar {
    return plainStep(this.#objective, this.#adam, feeds, step, learningRate, DRAWS_NOTHING);
  }

  #record(feeds: readonly HostTensor[], step: number, learningRate: number): RecordedStep {
    const recording = new Recording(tf.backend() as WebGPUBackend, () =>
      this.#plain(feeds, step, learningRate),
    );
    return { recording, set: feeds.map(({ values }) => recording.input(values)) };
  }

  dispose(): void {
    this.#recorded?.recording.dispose((loss) => loss.dispose());
    this.#recorded = undefined;
  }
}

/** What a model draws while its step is recorded would be the same in every step. */
const DRAWS_NOTHING = drawsNothing('replay', 'train it without replay');
