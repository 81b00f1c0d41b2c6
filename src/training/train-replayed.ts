import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../models/index.ts';
import { Adam } from './adam.ts';
import { decodeTraining, encodeTraining } from './checkpoint.ts';
import type { TrainingState } from './checkpoint.ts';
import { RandomStream } from './random.ts';
import { ReplayedSteps } from './replay.ts';
import { learningRateAt } from './schedule.ts';
import { CHECKPOINT_SECONDS, promptsOf, train } from './train.ts';
import type { LossHistory, TrainingHooks, TrainingOptions, TrainingResult } from './train.ts';

/** Whether a model draws nothing in its forward pass, so that a step of its training can be replayed. */
export const canReplay = (config: ModelConfig): boolean =>
  !('state_noise' in config || 'dropout' in config);

/**
 * As `train`, to the same bytes, with the GPU's commands of a step recorded and repeated where the backend is
 * `webgpu`. Nothing in `train` may change without spoiling every result it has made, so the loop is written twice.
 * @param options.model of a configuration that `canReplay`
 */
export async function trainReplayed(
  options: TrainingOptions,
  hooks: TrainingHooks,
): Promise<TrainingResult> {
  if (tf.getBackend() !== 'webgpu') return train(options, hooks);
  const saved = await hooks.checkpoint.load();
  const run = new ReplayedRun(options, saved ? decodeTraining(saved) : begin(options));
  try {
    await run.toEnd(hooks);
    return { weights: await run.weights(), loss: run.history };
  } finally {
    run.dispose();
  }
}

function begin({ seed, model }: TrainingOptions): TrainingState {
  const parameters = model.init(RandomStream.fromSeed(seed).fork('init'));
  return { step: 0, lossSum: 0, history: { step: [], value: [] }, adam: { parameters } };
}

class ReplayedRun {
  readonly history: LossHistory;
  readonly #options: TrainingOptions;
  readonly #adam: Adam;
  readonly #steps: ReplayedSteps;
  #lossSum: tf.Tensor;
  #step: number;

  constructor(options: TrainingOptions, { step, lossSum, history, adam }: TrainingState) {
    this.#options = options;
    this.history = history;
    this.#adam = new Adam(adam);
    this.#steps = new ReplayedSteps(options.model, this.#adam);
    this.#lossSum = tf.scalar(lossSum);
    this.#step = step;
  }

  async toEnd({ signal, progress, checkpoint }: TrainingHooks): Promise<void> {
    const { steps, lossEvery } = this.#options;
    let savedAt = performance.now();
    while (this.#step < steps) {
      this.#advance();
      if (this.#step % lossEvery === 0 || this.#step === steps)
        await progress({ step: this.#step, steps, loss: await this.#record() });
      else if (this.#step % 5 === 0) await progress({ step: this.#step, steps });
      if (signal.aborted || performance.now() - savedAt > 1000 * CHECKPOINT_SECONDS) {
        await checkpoint.save(await this.#state());
        savedAt = performance.now();
      }
      signal.throwIfAborted();
    }
  }

  #advance(): void {
    const { learningRate, schedule, steps } = this.#options;
    const prompts = promptsOf(this.#options, this.#step);
    const rate = learningRateAt(schedule, learningRate, this.#step, steps);
    this.#step += 1;
    const loss = this.#steps.take(prompts, this.#step, rate);
    const sum = tf.add(this.#lossSum, loss);
    tf.dispose([this.#lossSum, loss]);
    this.#lossSum = sum;
  }

  async #record(): Promise<number> {
    const since = this.history.step.at(-1) ?? 0;
    const [sum] = await this.#lossSum.data();
    const value = sum! / (this.#step - since) / this.#options.d;
    if (!Number.isFinite(value)) {
      throw new Error(
        `train: expected a finite loss, got ${value} between steps ${since} and ${this.#step}; lower the learning rate`,
      );
    }
    this.history.step.push(this.#step);
    this.history.value.push(value);
    this.#lossSum.dispose();
    this.#lossSum = tf.scalar(0);
    return value;
  }

  async #state(): Promise<Uint8Array> {
    const [lossSum] = await this.#lossSum.data();
    const adam = await this.#adam.state();
    return encodeTraining({ step: this.#step, lossSum: lossSum!, history: this.history, adam });
  }

  async weights(): Promise<TrainingResult['weights']> {
    return (await this.#adam.state()).parameters;
  }

  dispose(): void {
    this.#steps.dispose();
    this.#adam.dispose();
    this.#lossSum.dispose();
  }
}
