import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Preset } from '../../src/artifacts/artifact.ts';
import { defineExperiment, node } from '../../src/lab/experiment.ts';
import type { Experiment, Node } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Evaluation, Task } from '../../src/tasks/evaluation.ts';
import type { Ramp, Schedule } from '../../src/training/schedule.ts';
import { canReplay } from '../../src/training/train-replayed.ts';
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
import { trainModelReplayed } from './train-replayed.ts';
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
 * The code that trains. At the published scale a GPU replays its commands, where a model draws nothing; results of
 * the smaller presets are of code that does not depend on a GPU's, and so outlive changes to it.
 */
function trainer({ preset }: Place, config: ModelConfig) {
  return preset === 'paper' && canReplay(config)
    ? { module: here('train-replayed'), run: trainModelReplayed }
    : { module: here('train'), run: trainModel };
}

/** The nodes of one training: itself, its evaluation, and where asked for its probes. */
function branch(place: Place, method: string, run: ModelRun, seed: number): Node[] {
  const { task, lossEvery, probe, order } = place.parameters;
  const { config } = run;
  const build = modelCode(config);
  const sample = taskCode(task);
  const name = `${method}-${seed}`;
  const training = node({
    id: `train/${name}`,
    ...trainer(place, config),
    parameters: { ...run, task, lossEvery },
    seed,
    uses: { build, sample },
    publish: published(place, name, ['weights.safetensors', 'training.json']),
    ...resourcesOf(place.preset, 'training'),
  });
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
  return [training, evaluation, probing && node(probing), ordering && node(ordering)].filter(
    (made) => made !== undefined,
  );
}

/** Where outputs are committed: `mamba-1.safetensors` for the weights, `mamba-1.training.json`, … */
const published = ({ experiment, preset }: Place, name: string, files: readonly string[]) =>
  Object.fromEntries(
    files.map((file) => {
      const ending = file === 'weights.safetensors' ? 'safetensors' : file;
      return [file, `weights/${experiment}.${preset}/${name}.${ending}`];
    }),
  );

const compare = (place: Place): Node[] =>
  (Object.entries(place.parameters.baselines) as [BaselineName, Partial<EvaluateParameters>][]).map(
    ([name, own]) =>
      node({
        id: `evaluate/${name}`,
        module: here('evaluate-baseline'),
        run: evaluateBaseline,
        parameters: { ...place.evaluate, ...own },
        uses: { make: baselineCode(name) },
        publish: published(place, name, ['curves.json']),
        ...resourcesOf(place.preset, 'baseline'),
      }),
  );

function graph(experiment: string, parameters: FunctionClass, preset: Preset): Node {
  const { d, seeds, models, baselines, shifts } = parameters;
  const evaluations = { training: parameters.task, ...shifts };
  const evaluate = { ...parameters.evaluation, ...INTERVAL, evaluations, d };
  const place = { experiment, preset, parameters, evaluate };
  const runs = seeds.flatMap((seed) =>
    Object.entries(models).map(([method, run]) => ({ method, run, seed })),
  );
  const nodes = [
    ...runs.flatMap(({ method, run, seed }) => branch(place, method, run, seed)),
    ...compare(place),
  ];
  const trainings: AssembleParameters['trainings'] = runs.map(({ method, run, seed }) => {
    const { config, steps, batch, learningRate, schedule, curriculum } = run;
    const trainedPoints = curriculum.points.end;
    return { method, seed, config, steps, batch, learningRate, schedule, trainedPoints };
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
      baselines: Object.keys(baselines),
    },
    inputs: Object.fromEntries(nodes.map((made) => [made.id, made])),
    ...resourcesOf(preset, 'artifact'),
  });
}

/** Defines the experiment on one class of functions: trainings, evaluations, probes and their artifact. */
export const functionClass = (
  id: string,
  title: string,
  presets: Record<Preset, FunctionClass>,
): Experiment & { presets: typeof presets } => ({
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
