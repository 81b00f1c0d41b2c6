import type { Preset } from '../../src/artifacts/artifact.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { defineExperiment, node } from '../../src/lab/experiment.ts';
import type { Experiment, Node } from '../../src/lab/experiment.ts';
import type { Evaluation } from '../../src/tasks/evaluation.ts';
import type { Task } from '../../src/tasks/index.ts';
import type { EvaluateParameters } from '../measuring/evaluate.ts';
import type { ProbeParameters } from '../measuring/probe-prompts.ts';
import { verifyLearningCurves } from '../measuring/verify.ts';
import { assembleLearningCurves } from '../nodes/assemble.ts';
import type { AssembleParameters } from '../nodes/assemble.ts';
import { evaluateBaseline } from '../nodes/evaluate-baseline.ts';
import { evaluateModel, evaluationInPage } from '../nodes/evaluate-model.ts';
import { measureOrder } from '../nodes/order.ts';
import type { OrderParameters } from '../nodes/order.ts';
import { probeModel } from '../nodes/probe.ts';
import { resourcesOf } from '../settings/resources.ts';
import { INTERVAL } from '../settings/scale.ts';
import { baselineCode } from './baselines.ts';
import type { BaselineName } from './baselines.ts';
import { modelCode, samplerCodes, taskCode } from './code.ts';
import { moduleOf, published, trainingOf } from './training.ts';
import type { ModelRun, TrainingPlace } from './training.ts';

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

interface Place extends TrainingPlace {
  parameters: FunctionClass;
  evaluate: EvaluateParameters;
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
    module: moduleOf('evaluate-model'),
    run: evaluateModel,
    parameters: { ...place.evaluate, config },
    uses: { build, ...samplerCodes(place.evaluate.evaluations) },
    page: evaluationInPage,
  });
  const probing = probe && {
    ...measured('probe', 'probes.json'),
    module: moduleOf('probe'),
    run: probeModel,
    parameters: { ...probe, config, task },
    uses: { build, sample },
  };
  const ordering = order && {
    ...measured('order', 'order.json'),
    module: moduleOf('order'),
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

const compare = (place: Place, name: BaselineName): Node =>
  node({
    id: `evaluate/${name}`,
    module: moduleOf('evaluate-baseline'),
    run: evaluateBaseline,
    parameters: { ...place.evaluate, ...place.parameters.baselines[name] },
    uses: { make: baselineCode(name), ...samplerCodes(place.evaluate.evaluations) },
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
    const { config, steps, parts, batch, learningRate, schedule, warmup, curriculum } = run;
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
      ...(warmup !== undefined && { warmup }),
      trainedPoints,
    };
  });
  const trainedPoints = Math.min(...trainings.map((training) => training.trainedPoints));
  return node({
    id: 'artifact',
    module: moduleOf('assemble'),
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
