import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../models/index.ts';
import { Adam } from './adam.ts';
import { decodeTraining, encodeTraining } from './checkpoint.ts';
import type { TrainingState } from './checkpoint.ts';
import { RandomStream } from './random.ts';
import { ReplayedSteps, plainStep } from './replay.ts';
import { learningRateAt } from './schedule.ts';
import { CHECKPOINT_SECONDS, promptsOf, stepRandom } from './train.ts';
import type { TrainingHooks, TrainingOptions } from './train.ts';

/** Whether a model draws in its forward pass while it is trained, so that no step of it can be replayed. */
export const drawsInForward = (config: ModelConfig): boolean =>
  'state_noise' in config || 'dropout' in config;

export interface PartOptions extends TrainingOptions {
  /** `drawsInForward` of the model's configuration. */
  draws: boolean;
  /** Steps done at the end of this part; all if left out. */
  until?: number;
}

/**
 * As `train`, to the same bytes, with the GPU's commands of a step recorded and repeated where the backend is
 * `webgpu`; and in parts. Nothing in `train` may change without spoiling every result it has made, so the loop is
 * written twice.
 * @param before where the part before this one ended; the beginning if left out
 */
export async function trainUntil(
  options: PartOptions,
  hooks: TrainingHooks,
  before?: TrainingState,
): Promise<TrainingState> {
  const saved = await hooks.checkpoint.load();
  const run = new Part(options, saved ? decodeTraining(saved) : (before ?? begin(options)));
  try {
    await run.toEnd(hooks);
    return await run.state();
  } finally {
    run.dispose();
  }
}

function begin({ seed, model }: TrainingOptions): TrainingState {
  const parameters = model.init(RandomStream.fromSeed(seed).fork('init'));
  return { step: 0, lossSum: 0, history: { step: [], value: [] }, adam: { parameters } };
}

class Part {
  readonly #options: PartOptions;
  readonly #history: TrainingState['history'];
  readonly #adam: Adam;
  readonly #replayed: ReplayedSteps | undefined;
  #lossSum: tf.Tensor;
  #step: number;

  constructor(options: PartOptions, { step, lossSum, history, adam }: TrainingState) {
    this.#options = options;
    this.#history = { step: [...history.step], value: [...history.value] };
    this.#adam = new Adam(adam);
    const replays = tf.getBackend() === 'webgpu' && !options.draws;
    this.#replayed = replays ? new ReplayedSteps(options.model, this.#adam) : undefined;
    this.#lossSum = tf.scalar(lossSum);
    this.#step = step;
  }

  async toEnd({ signal, progress, checkpoint }: TrainingHooks): Promise<void> {
    const { steps, until = steps, lossEvery } = this.#options;
    let savedAt = performance.now();
    while (this.#step < until) {
      this.#advance();
      if (this.#step % lossEvery === 0 || this.#step === steps)
        await progress({ step: this.#step, steps: until, loss: await this.#record() });
      else if (this.#step % 5 === 0) await progress({ step: this.#step, steps: until });
      if (signal.aborted || performance.now() - savedAt > 1000 * CHECKPOINT_SECONDS) {
        await checkpoint.save(encodeTraining(await this.state()));
        savedAt = performance.now();
      }
      signal.throwIfAborted();
    }
  }

  #advance(): void {
    const { model, seed, learningRate, schedule, steps } = this.#options;
    const prompts = promptsOf(this.#options, this.#step);
    const random = stepRandom(seed, this.#step).fork('forward');
    const rate = learningRateAt(schedule, learningRate, this.#step, steps);
    this.#step += 1;
    const loss =
      this.#replayed?.take(prompts, this.#step, rate) ??
      plainStep(model, this.#adam, prompts, this.#step, rate, random);
    const sum = tf.add(this.#lossSum, loss);
    tf.dispose([this.#lossSum, loss]);
    this.#lossSum = sum;
  }

  async #record(): Promise<number> {
    const since = this.#history.step.at(-1) ?? 0;
    const [sum] = await this.#lossSum.data();
    const value = sum! / (this.#step - since) / this.#options.d;
    if (!Number.isFinite(value)) {
      throw new Error(
        `train: expected a finite loss, got ${value} between steps ${since} and ${this.#step}; lower the learning rate`,
      );
    }
    this.#history.step.push(this.#step);
    this.#history.value.push(value);
    this.#lossSum.dispose();
    this.#lossSum = tf.scalar(0);
    return value;
  }

  async state(): Promise<TrainingState> {
    const [lossSum] = await this.#lossSum.data();
    const adam = await this.#adam.state();
    return { step: this.#step, lossSum: lossSum!, history: this.#history, adam };
  }

  dispose(): void {
    this.#replayed?.dispose();
    this.#adam.dispose();
    this.#lossSum.dispose();
  }
}
