import type { Preset } from '../../src/artifacts/artifact.ts';
import { node } from '../../src/lab/experiment.ts';
import type { Code, Node } from '../../src/lab/experiment.ts';
import { BACKBONES } from '../../src/models/index.ts';
import type { TokenModelConfig } from '../../src/models/index.ts';
import { SCHEDULES } from '../../src/training/schedule.ts';
import { assembleTokens } from '../nodes/assemble-tokens.ts';
import type { AssembleTokensParameters } from '../nodes/assemble-tokens.ts';
import { replayTokens, trainTokens } from '../nodes/train-tokens.ts';
import type { SequenceSampler, TokenRun, TokenTrainingCode } from '../nodes/train-tokens.ts';
import { moduleOf } from './training.ts';

/** Where trainings on sequences of tokens belong, and what they share. */
export interface TokenPlace {
  experiment: string;
  preset: Preset;
  task: { task: string };
  sample: SequenceSampler<never>;
  lossEvery: number;
}

export const backboneCode = ({
  model,
}: Pick<TokenModelConfig, 'model'>): Code<TokenTrainingCode['backbone']> => ({
  module: import.meta.resolve(`../../src/models/${model}.ts`),
  value: BACKBONES[model] as TokenTrainingCode['backbone'],
});

export const sequenceCode = ({ task, sample }: TokenPlace): Code<SequenceSampler<never>> => ({
  module: import.meta.resolve(`../../src/tasks/${task.task}.ts`),
  value: sample,
});

/** Where an output of `name` is committed. */
const tokenFile = ({ experiment, preset }: TokenPlace, name: string, file: string): string =>
  `weights/${experiment}.${preset}/${name}.${file}`;

function tokenTraining(place: TokenPlace, method: string, run: TokenRun, seed: number): Node {
  const name = `${method}-${seed}`;
  return node({
    id: `train/${name}`,
    module: moduleOf('train-tokens'),
    run: trainTokens,
    replay: replayTokens,
    parameters: { ...run, task: place.task, lossEvery: place.lossEvery },
    seed,
    uses: {
      backbone: backboneCode(run.config),
      sample: sequenceCode(place) as Code<SequenceSampler>,
      schedule: {
        module: import.meta.resolve('../../src/training/schedule.ts'),
        value: SCHEDULES[run.schedule],
      },
    },
    publish: {
      'weights.safetensors': tokenFile(place, name, 'safetensors'),
      'training.json': tokenFile(place, name, 'training.json'),
    },
  });
}

/** What every node that measures has. */
export type Measured = Pick<Node, 'id' | 'inputs' | 'publish'>;

interface TokenGraph {
  place: TokenPlace;
  models: Record<string, TokenRun>;
  seeds: readonly number[];
  /** The node that measures a trained model, its input `training`. */
  evaluate(measured: Measured, config: TokenModelConfig): Node;
  /** Those that measure what is not trained, by name. */
  baselines: Record<string, (measured: Measured) => Node>;
  /** What the artifact says of all curves. */
  about: Omit<AssembleTokensParameters, 'trainings' | 'baselines'>;
}

/** Trainings, a curve of each and of each baseline, and the artifact of them. */
export function tokenGraph({ place, models, seeds, evaluate, baselines, about }: TokenGraph): Node {
  const measured = (name: string, inputs: Node['inputs'] = {}): Measured => ({
    id: `evaluate/${name}`,
    inputs,
    publish: { 'curve.json': tokenFile(place, name, 'curve.json') },
  });
  const runs = Object.entries(models).flatMap(([method, run]) =>
    seeds.map((seed) => ({ method, seed, run })),
  );
  const trained = runs.flatMap(({ method, seed, run }) => {
    const training = tokenTraining(place, method, run, seed);
    return [training, evaluate(measured(`${method}-${seed}`, { training }), run.config)];
  });
  const untrained = Object.entries(baselines).map(([name, make]) => make(measured(name)));
  return node({
    id: 'artifact',
    module: moduleOf('assemble-tokens'),
    run: assembleTokens,
    parameters: {
      ...about,
      trainings: runs.map(({ method, seed, run }) => ({ method, seed, ...run })),
      baselines: Object.keys(baselines),
    },
    inputs: Object.fromEntries([...trained, ...untrained].map((one) => [one.id, one])),
  });
}
