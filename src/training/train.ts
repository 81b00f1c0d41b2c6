import * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '../numerics/random.ts';
import { Adam } from './adam.ts';
import { decodeTraining, encodeTraining } from './checkpoint.ts';
import type { LossHistory, TrainingState } from './checkpoint.ts';
import type { Objective } from './objective.ts';
import { ReplayedSteps, plainStep } from './replay.ts';
import { learningRateAt } from './schedule.ts';
import type { Rates } from './schedule.ts';

/** Everything that decides a training's result, besides code and backend. */
export interface TrainingOptions extends Rates {
  objective: Objective;
  seed: number;
  /** Steps that one entry of the loss history averages over. */
  lossEvery: number;
  /** Steps done at the end of this part; all if left out. */
  until?: number;
}

/** What a training needs from whoever runs it. */
export interface TrainingHooks {
  signal: AbortSignal;
  progress(progress: { step: number; steps: number; loss?: number }): Promise<void>;
  checkpoint: { load(): Promise<Uint8Array | undefined>; save(bytes: Uint8Array): Promise<void> };
}

const CHECKPOINT_SECONDS = 60;

/**
 * Works at an objective with Adam, on a fresh batch each step. It resumes from the checkpoint where there is one, to the
 * same bytes as an unbroken run on the same backend. On `webgpu` the GPU's commands of a step are recorded and repeated,
 * to the same bytes, unless the loss draws.
 * @param before where the part before this one ended; the beginning if left out
 * @throws Error on a loss that is not finite, or a warm-up of all steps
 */
export async function train(
  options: TrainingOptions,
  hooks: TrainingHooks,
  before?: TrainingState,
): Promise<TrainingState> {
  const { warmup = 0, steps } = options;
  if (!(warmup < steps))
    throw new Error(
      `train: expected a warm-up shorter than the ${steps} steps, got ${warmup}; shorten it`,
    );
  const saved = await hooks.checkpoint.load();
  const run = new TrainingRun(options, saved ? decodeTraining(saved) : (before ?? begin(options)));
  try {
    await run.toEnd(hooks);
    return await run.state();
  } finally {
    run.dispose();
  }
}

function begin({ seed, objective }: TrainingOptions): TrainingState {
  const parameters = objective.init(RandomStream.fromSeed(seed).fork('init'));
  return { step: 0, lossSum: 0, history: { step: [], value: [] }, adam: { parameters } };
}

/** A training under way. The loss stays on the device until an entry of the history is due. */
class TrainingRun {
  readonly #options: TrainingOptions;
  readonly #history: LossHistory;
  readonly #adam: Adam;
  readonly #replayed: ReplayedSteps | undefined;
  #lossSum: tf.Tensor;
  #step: number;

  constructor(options: TrainingOptions, { step, lossSum, history, adam }: TrainingState) {
    const { objective } = options;
    this.#options = options;
    this.#history = { step: [...history.step], value: [...history.value] };
    this.#adam = new Adam(adam);
    const replays = tf.getBackend() === 'webgpu' && !objective.draws;
    this.#replayed = replays ? new ReplayedSteps(objective, this.#adam) : undefined;
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
    const { objective, seed } = this.#options;
    const feeds = objective.feed(this.#step, stepRandom(seed, this.#step));
    const random = stepRandom(seed, this.#step).fork('forward');
    const rate = learningRateAt(this.#options, this.#step);
    this.#step += 1;
    const loss =
      this.#replayed?.take(feeds, this.#step, rate) ??
      plainStep(objective, this.#adam, feeds, this.#step, rate, random);
    const sum = tf.add(this.#lossSum, loss);
    tf.dispose([this.#lossSum, loss]);
    this.#lossSum = sum;
  }

  async #record(): Promise<number> {
    const since = this.#history.step.at(-1) ?? 0;
    const [sum] = await this.#lossSum.data();
    const value = sum! / (this.#step - since) / this.#options.objective.unit;
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

/** The randomness of one training step (counted from 0): a place in the seed's stream, not a moment. */
const stepRandom = (seed: number, step: number): RandomStream =>
  RandomStream.fromSeed(seed).fork('train').fork(step);
