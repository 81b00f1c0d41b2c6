import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Preset } from '../../src/artifacts/artifact.ts';
import { defineExperiment, node } from '../../src/lab/experiment.ts';
import type { Experiment, Node } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Evaluation, Task } from '../../src/tasks/evaluation.ts';
import type { Ramp, Schedule } from '../../src/training/schedule.ts';
import { assembleLearningCurves } from './assemble.ts';
import type { AssembleParameters } from './assemble.ts';
import { baselineCode } from './baselines.ts';
import type { BaselineName } from './baselines.ts';
import { modelCode, taskCode } from './code.ts';
import { evaluateBaseline } from './evaluate-baseline.ts';
import { evaluateModel } from './evaluate-model.ts';
import type { EvaluateParameters } from './evaluate.ts';
import { measureOrder } from './order.ts';
import type { OrderParameters } from './order.ts';
import { probeModel } from './probe.ts';
import type { ProbeParameters } from './probe-prompts.ts';
import { resourcesOf } from './resources.ts';
import { trainModelUntil } from './train-until.ts';
import { trainModel } from './train.ts';
import { verifyLearningCurves } from './verify.ts';

type Curriculum = { dims: Ramp; points: Ramp };

/** One method's training. */
export type ModelRun = {
  config: ModelConfig;
  steps: number;
  learningRate: number;
  schedule: Schedule;
  batch: number;
  curriculum: Curriculum;
  /**
   * At `paper`, where the training is carried in parts: after how many steps each ends, ascending. It stops for good
   * after the last, and a part added later goes on from there.
   */
  parts?: number[];
};

/** A class of functions at one preset. */
export type FunctionClass = {
  d: number;
  task: Task;
  seeds: number[];
  lossEvery: number;
  /** By method: the architecture's name, or a variant of it such as `mamba-4d`. */
  models: Record<string, ModelRun>;
  /** Besides `training`, which is the task itself. */
  shifts?: Record<string, Evaluation>;
  evaluation: Pick<EvaluateParameters, 'points' | 'k' | 'queriedK' | 'prompts' | 'batch' | 'seed'>;
  /** What each baseline does differently from the models: the costly ones take fewer prompts and k. */
  baselines: Partial<Record<BaselineName, Partial<Pick<EvaluateParameters, 'k' | 'prompts'>>>>;
  probe?: ProbeParameters;
  order?: OrderParameters;
};

/** As published: 90 % intervals from 1,000 bootstrap trials (PAPER 2.3). */
const INTERVAL = { confidence: 0.9, bootstrapTrials: 1000 };

const here = (name: string): string => import.meta.resolve(`./${name}.ts`);

interface Place {
  experiment: string;
  preset: Preset;
  parameters: FunctionClass;
  evaluate: EvaluateParameters;
}

/**
 * One training. At the published scale it goes in parts and a GPU replays its commands; results of the smaller
 * presets are of code that does not depend on a GPU's, and so outlive changes to it.
 */
function trainingOf(place: Place, method: string, run: ModelRun, seed: number): Node {
  const { task, lossEvery } = place.parameters;
  const { parts = [run.steps], ...rest } = run;
  const name = `${method}-${seed}`;
  const shared = {
    seed,
    uses: { build: modelCode(run.config), sample: taskCode(task) },
    ...resourcesOf(place.preset, 'training'),
  };
  const parameters = { ...rest, task, lossEvery };
  const where = `${place.experiment}.${place.preset} ${method}`;
  if (place.preset !== 'paper') {
    if (run.parts) throw new Error(`${where}: expected parts at paper alone; leave them out`);
    return node({
      id: `train/${name}`,
      module: here('train'),
      run: trainModel,
      parameters,
      publish: published(place, name, ['weights.safetensors', 'training.json']),
      ...shared,
    });
  }
  checkParts(parts, run.steps, lossEvery, where);
  const upTo = (i: number): Node => {
    const until = parts[i]!;
    const part = until === run.steps ? name : `${name}-until-${until}`;
    return node({
      id: `train/${part}`,
      module: here('train-until'),
      run: trainModelUntil,
      parameters: { ...parameters, until },
      inputs: i > 0 ? { before: upTo(i - 1) } : {},
      // Weights of this size are for the store, not for a repository.
      publish: published(place, part, ['training.json']),
      ...shared,
    });
  };
  return upTo(parts.length - 1);
}

function checkParts(
  parts: readonly number[],
  steps: number,
  lossEvery: number,
  where: string,
): void {
  const fits = (until: number, i: number): boolean =>
    until > (parts[i - 1] ?? 0) && (until === steps || (until < steps && until % lossEvery === 0));
  if (parts.length > 0 && parts.every(fits)) return;
  throw new Error(
    `${where}: expected parts that end after ascending multiples of ${lossEvery} steps, where the loss is ` +
      `recorded, or after all ${steps}, got ${parts.join(', ') || 'none'}; correct its parts`,
  );
}

/** The nodes of one training by their names as inputs: itself, its evaluation, and where asked for its probes. */
function branch(place: Place, method: string, run: ModelRun, seed: number): Record<string, Node> {
  const { task, probe, order } = place.parameters;
  const { config } = run;
  const build = modelCode(config);
  const sample = taskCode(task);
  const training = trainingOf(place, method, run, seed);
  const name = training.id.slice('train/'.length);
  const measured = (kind: string, file: string) => ({
    id: `${kind}/${name}`,
    inputs: { training },
    publish: published(place, name, [file]),
    ...resourcesOf(place.preset, 'evaluation'),
  });
  const evaluation = node({
    ...measured('evaluate', 'curves.json'),
    module: here('evaluate-model'),
    run: evaluateModel,
    parameters: { ...place.evaluate, config },
    uses: { build },
  });
  const probing = probe && {
    ...measured('probe', 'probes.json'),
    module: here('probe'),
    run: probeModel,
    parameters: { ...probe, config, task },
    uses: { build, sample },
  };
  const ordering = order && {
    ...measured('order', 'order.json'),
    module: here('order'),
    run: measureOrder,
    parameters: { ...order, config, task },
    uses: { build, sample },
  };
  const named = (kind: string) => `${kind}/${method}-${seed}`;
  return {
    [named('train')]: training,
    [named('evaluate')]: evaluation,
    ...(probing && { [named('probe')]: node(probing) }),
    ...(ordering && { [named('order')]: node(ordering) }),
  };
}

/** Where outputs are committed: `mamba-1.safetensors` for the weights, `mamba-1.training.json`, … */
const published = ({ experiment, preset }: Place, name: string, files: readonly string[]) =>
  Object.fromEntries(
    files.map((file) => {
      const ending = file === 'weights.safetensors' ? 'safetensors' : file;
      return [file, `weights/${experiment}.${preset}/${name}.${ending}`];
    }),
  );

const compare = (place: Place, name: BaselineName): Node =>
  node({
    id: `evaluate/${name}`,
    module: here('evaluate-baseline'),
    run: evaluateBaseline,
    parameters: { ...place.evaluate, ...place.parameters.baselines[name] },
    uses: { make: baselineCode(name) },
    publish: published(place, name, ['curves.json']),
    ...resourcesOf(place.preset, 'baseline'),
  });

function graph(experiment: string, parameters: FunctionClass, preset: Preset): Node {
  const { d, seeds, models, baselines, shifts } = parameters;
  const evaluations = { training: parameters.task, ...shifts };
  const evaluate = { ...parameters.evaluation, ...INTERVAL, evaluations, d };
  const place = { experiment, preset, parameters, evaluate };
  const runs = seeds.flatMap((seed) =>
    Object.entries(models).map(([method, run]) => ({ method, run, seed })),
  );
  const compared = Object.keys(baselines) as BaselineName[];
  const trainings: AssembleParameters['trainings'] = runs.map(({ method, run, seed }) => {
    const { config, steps, parts, batch, learningRate, schedule, curriculum } = run;
    const trainedPoints = curriculum.points.end;
    const until = parts?.at(-1) ?? steps;
    const stopped = until < steps && { until };
    return {
      method,
      seed,
      config,
      steps,
      ...stopped,
      batch,
      learningRate,
      schedule,
      trainedPoints,
    };
  });
  const trainedPoints = Math.min(...trainings.map((training) => training.trainedPoints));
  return node({
    id: 'artifact',
    module: here('assemble'),
    run: assembleLearningCurves,
    parameters: {
      trainedPoints,
      evaluation: evaluate,
      trainings,
      baselines: compared,
    },
    inputs: Object.assign(
      {},
      ...runs.map(({ method, run, seed }) => branch(place, method, run, seed)),
      ...compared.map((name) => ({ [`evaluate/${name}`]: compare(place, name) })),
    ) as Record<string, Node>,
    ...resourcesOf(preset, 'artifact'),
  });
}

/** Defines the experiment on one class of functions: trainings, evaluations, probes and their artifact. */
export const functionClass = <Presets extends Partial<Record<Preset, FunctionClass>>>(
  id: string,
  title: string,
  presets: Presets,
): Experiment & { presets: Presets } => ({
  ...defineExperiment({
    id,
    title,
    presets,
    data: learningCurves,
    graph: (parameters, preset) => graph(id, parameters, preset),
    verify: verifyLearningCurves,
  }),
  presets,
});
