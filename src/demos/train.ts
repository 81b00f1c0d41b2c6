import type { Artifact } from '../artifacts/artifact.ts';
import type { LearningCurves } from '../artifacts/learning-curves.ts';
import { trainingParameters } from '../artifacts/training-parameters.ts';
import { createModel } from '../models/index.ts';
import type { ModelConfig } from '../models/index.ts';
import { runtimeRecord } from '../runtime/runtime.ts';
import { samplerOf } from '../tasks/index.ts';
import { regression } from '../training/regression.ts';
import { SCHEDULES } from '../training/schedule.ts';
import { train } from '../training/train.ts';
import type { TrainingOptions } from '../training/train.ts';
import type { TrainEvent, TrainRequest } from './protocol.ts';
import { readArtifact, trainingOf } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

/** The options of a published training, from the parameters that its artifact was made with. */
function optionsOf(
  { data, provenance }: Artifact<LearningCurves>,
  { method, seed }: TrainRequest,
): TrainingOptions {
  const { task, lossEvery, models } = trainingParameters.parse(provenance.parameters);
  const run = models[method];
  if (!run) {
    throw new Error(`The artifact does not say how ${method} was trained; choose another model.`);
  }
  const { config: recorded, schedule, warmup, batch, curriculum, ...rest } = run;
  const config = recorded as unknown as ModelConfig;
  const sample = samplerOf(task);
  return {
    ...rest,
    schedule: SCHEDULES[schedule],
    ...(warmup !== undefined && { warmup }),
    lossEvery,
    seed,
    objective: regression(createModel(config), {
      sample: (shape, random) => sample(shape, random, task),
      d: data.d,
      batch,
      curriculum,
    }),
  };
}

/**
 * Trains a published model again from its seed, for some of its steps, and reports each loss beside the published
 * one. Learning rate and curriculum run as in the whole training.
 * @throws Error in words for a reader
 */
export async function runTraining(
  request: TrainRequest,
  around: Surroundings,
  emit: (event: TrainEvent) => void,
): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  emit({ type: 'stage', text: 'Starting the device …' });
  const runtime = await around.openRuntime(request.backend);
  emit({ type: 'device', device: { runtime: runtimeRecord(runtime), reason: runtime.reason } });
  const artifact = await readArtifact(around, request);
  const published = trainingOf(artifact.data, request).loss;
  const options = optionsOf(artifact, request);
  const until = Math.min(request.steps, options.steps);
  emit({ type: 'stage', text: 'Drawing the first prompts …' });
  await train(
    { ...options, until },
    {
      signal: new AbortController().signal,
      checkpoint: { load: async () => undefined, save: async () => {} },
      async progress({ step, loss }) {
        runtime.check();
        const there = published.value[published.step.indexOf(step)];
        const known = loss !== undefined && there !== undefined;
        const pair = known ? { loss: { here: loss, there } } : {};
        emit({ type: 'step', step, until, seconds: seconds(), ...pair });
      },
    },
  );
  emit({ type: 'trained', seconds: seconds() });
  await runtime.close();
}
