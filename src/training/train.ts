import * as tf from '@tensorflow/tfjs-core';
import type { ParameterValues, SequenceModel } from '../models/model.ts';
import type { Prompts, PromptShape } from '../tasks/prompts.ts';
import { Adam } from './adam.ts';
import { decodeTraining, encodeTraining } from './checkpoint.ts';
import type { TrainingState } from './checkpoint.ts';
import { gradientsWithinMemory } from './micro-batches.ts';
import { RandomStream } from './random.ts';
import { learningRateAt, rampAt } from './schedule.ts';
import type { Ramp, Schedule } from './schedule.ts';

/** Everything that decides a training's result, besides code and backend. */
export interface TrainingOptions {
  model: SequenceModel;
  /** Draws the prompts of one step. */
  sample(shape: PromptShape, random: RandomStream): Prompts;
  /** Components of x. */
  d: number;
  seed: number;
  steps: number;
  batch: number;
  /** Peak of the schedule. */
  learningRate: number;
  schedule: Schedule;
  curriculum: { dims: Ramp; points: Ramp };
  /** Steps that one entry of the loss history averages over. */
  lossEvery: number;
}

/** What a training needs from whoever runs it. */
export interface TrainingHooks {
  signal: AbortSignal;
  progress(progress: { step: number; steps: number; loss?: number }): Promise<void>;
  checkpoint: { load(): Promise<Uint8Array | undefined>; save(bytes: Uint8Array): Promise<void> };
}

export interface LossHistory {
  step: number[];
  /** Mean squared error / d over all positions, averaged since the entry before. */
  value: number[];
}

export interface TrainingResult {
  weights: ParameterValues;
  loss: LossHistory;
}

export const CHECKPOINT_SECONDS = 60;

/** The randomness of one training step (counted from 0): a place in the seed's stream, not a moment. */
export const stepRandom = (seed: number, step: number): RandomStream =>
  RandomStream.fromSeed(seed).fork('train').fork(step);

/** What a step (counted from 0) trains on. */
export function promptsOf(options: TrainingOptions, step: number): Prompts {
  const { batch, seed, d, curriculum } = options;
  const points = rampAt(curriculum.points, step);
  const activeDims = rampAt(curriculum.dims, step);
  return options.sample({ batch, points, d, activeDims }, stepRandom(seed, step));
}

/**
 * Trains a model on fresh prompts each step: mean squared error, Adam, curriculum (PAPER 2.2). It resumes from the checkpoint where there is one, to the same bytes as an unbroken run on
 * the same backend.
 */
export async function train(
  options: TrainingOptions,
  hooks: TrainingHooks,
): Promise<TrainingResult> {
  const run = await TrainingRun.open(options, hooks);
  try {
    await run.toEnd();
    const { parameters } = await run.adam.state();
    return { weights: parameters, loss: run.history };
  } finally {
    run.dispose();
  }
}

/** A training under way. The loss stays on the device until an entry of the history is due. */
class TrainingRun {
  readonly adam: Adam;
  readonly history: LossHistory;
  readonly #options: TrainingOptions;
  readonly #hooks: TrainingHooks;
  #lossSum: tf.Tensor;
  #step: number;

  static async open(options: TrainingOptions, hooks: TrainingHooks): Promise<TrainingRun> {
    const saved = await hooks.checkpoint.load();
    if (saved) return new TrainingRun(options, hooks, decodeTraining(saved));
    const random = RandomStream.fromSeed(options.seed).fork('init');
    const parameters = options.model.init(random);
    const history = { step: [], value: [] };
    return new TrainingRun(options, hooks, { step: 0, lossSum: 0, history, adam: { parameters } });
  }

  private constructor(options: TrainingOptions, hooks: TrainingHooks, state: TrainingState) {
    this.#options = options;
    this.#hooks = hooks;
    this.adam = new Adam(state.adam);
    this.history = state.history;
    this.#step = state.step;
    this.#lossSum = tf.scalar(state.lossSum);
  }

  async toEnd(): Promise<void> {
    const { steps, lossEvery } = this.#options;
    let savedAt = performance.now();
    while (this.#step < steps) {
      this.#advance();
      if (this.#step % lossEvery === 0 || this.#step === steps) await this.#record();
      else if (this.#step % 5 === 0) await this.#hooks.progress({ step: this.#step, steps });
      const { signal } = this.#hooks;
      if (signal.aborted || performance.now() - savedAt > 1000 * CHECKPOINT_SECONDS) {
        await this.#save();
        savedAt = performance.now();
      }
      signal.throwIfAborted();
    }
  }

  #advance(): void {
    const { seed, learningRate, schedule, steps } = this.#options;
    const prompts = promptsOf(this.#options, this.#step);
    const random = stepRandom(seed, this.#step).fork('forward');
    const { loss, gradients } = gradientsWithinMemory(
      this.#options,
      this.adam.parameters,
      prompts,
      random,
    );
    const rate = learningRateAt(schedule, learningRate, this.#step, steps);
    this.#step += 1;
    this.adam.step(gradients, this.#step, rate);
    const sum = tf.add(this.#lossSum, loss);
    tf.dispose([this.#lossSum, loss, gradients]);
    this.#lossSum = sum;
  }

  async #record(): Promise<void> {
    const { steps, d } = this.#options;
    const since = this.history.step.at(-1) ?? 0;
    const [sum] = await this.#lossSum.data();
    const value = sum! / (this.#step - since) / d;
    if (!Number.isFinite(value)) {
      throw new Error(
        `train: expected a finite loss, got ${value} between steps ${since} and ${this.#step}; lower the learning rate`,
      );
    }
    this.history.step.push(this.#step);
    this.history.value.push(value);
    this.#lossSum.dispose();
    this.#lossSum = tf.scalar(0);
    await this.#hooks.progress({ step: this.#step, steps, loss: value });
  }

  async #save(): Promise<void> {
    const [lossSum] = await this.#lossSum.data();
    const adam = await this.adam.state();
    await this.#hooks.checkpoint.save(
      encodeTraining({ step: this.#step, lossSum: lossSum!, history: this.history, adam }),
    );
  }

  dispose(): void {
    this.adam.dispose();
    this.#lossSum.dispose();
  }
}
