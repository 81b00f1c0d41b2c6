import type { z } from 'zod';
import type { zeroPredictor } from '../../src/artifacts/zero-predictor.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { overTasks } from '../../src/numerics/statistics.ts';
import type { Interval } from '../../src/numerics/statistics.ts';
import type { Task } from '../../src/tasks/index.ts';
import { scoredPoints } from '../../src/tasks/prompt-sets.ts';
import { drawBatch } from '../measuring/draw.ts';
import type { Samplers } from '../measuring/draw.ts';

export type PredictZeroParameters = {
  /** By experiment. */
  tasks: Record<string, { task: Task; d: number }>;
  prompts: number;
  /** Prompts that share a basis where their task has one. */
  batch: number;
  interval: Interval;
};

/**
 * What answering 0 costs before any example: E[y²] / d, in the unit of all curves (content/methods.mdx, Error and its
 * unit).
 */
export async function predictZero({
  parameters: { tasks, prompts, batch, interval },
  uses,
  seed,
  progress,
  signal,
}: NodeContext<PredictZeroParameters, Samplers>): Promise<Files> {
  const batches = Math.ceil(prompts / batch);
  const targets = (task: Task, d: number, index: number): Float32Array =>
    scoredPoints(drawBatch(uses, task, { batch, points: 1, d }, seed, index)).ys;
  const errors = (task: Task, d: number): Float64Array =>
    Float64Array.from(
      Array.from({ length: batches }, (_, index) => [...targets(task, d, index)]).flat(),
      (y) => y ** 2 / d,
    );
  const names = Object.entries(tasks);
  const data: z.infer<typeof zeroPredictor> = { prompts: batches * batch, tasks: {} };
  for (const [step, [name, { task, d }]] of names.entries()) {
    await progress({ step, steps: names.length });
    signal.throwIfAborted();
    data.tasks[name] = { d, task, error: overTasks(errors(task, d), interval) };
  }
  return dataFile(data);
}
