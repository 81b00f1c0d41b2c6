import { hendel } from '../src/artifacts/hendel.ts';
import type { Preset } from '../src/artifacts/artifact.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import type { DataSource, Node } from '../src/lab/experiment.ts';
import { loadLanguageModel } from '../src/language/model.ts';
import { PAIR_FILES, WORDNET_FILES } from '../src/tasks/language/sources.ts';
import { LANGUAGE_TASKS } from '../src/tasks/language/tasks.ts';
import type { LanguageTask } from '../src/tasks/language/tasks.ts';
import { moduleOf } from './graphs/training.ts';
import { answerPrompts } from './nodes/answer-prompts.ts';
import type { AnswerUses } from './nodes/answer-prompts.ts';
import { compareLanguageModels } from './nodes/compare-language-models.ts';
import { scoreAnswers } from './nodes/score-answers.ts';
import { MODELS, TRIAL_MODEL, askedModels } from './settings/language-models.ts';
import type { AskedModel } from './settings/language-models.ts';
import { resourcesOf } from './settings/resources.ts';

const PUBLISHED = {
  file: 'experiments/reference/hendel.json',
  origin:
    'table 1 of grazzi2024 and the result files of automl/is_mamba_capable_of_icl at 39c40c9, roeehendel/icl_task_vectors at 1da0db6',
  licence: 'facts',
  elsewhere: {
    sha256: '384201102dd6e39fccce2bf180544005902b32eb516404a1b6f95abd1690158f',
    command: 'python scripts/experiments/main.py MODEL VARIANT BATCHED SHOTS',
    environment: 'PyTorch, as its authors ran it; not run here',
  },
};

/** The published seed, and what was published: figure 6 filled prompts up at their left, figure 7 did not. */
const SEED = 41;

interface Protocol {
  prompts: number;
  zeroShotPrompts: number;
  /** Numbers of examples, by how prompts of unequal length go through together. */
  shots: Record<'none' | 'left', number[]>;
  /** Among each of them; its answers carry those without examples. */
  zeroShotWith: number;
}

const PROTOCOL = { prompts: 400, zeroShotPrompts: 100, zeroShotWith: 5 };
type Padding = keyof Protocol['shots'];

/** Other models have masks for what fills prompts up, and see none of it. */
const READS_PADDING = /mamba|rwkv/i;

const pairsOf = (preset: Preset): Record<string, DataSource> =>
  Object.fromEntries(
    Object.entries<LanguageTask>(LANGUAGE_TASKS).flatMap(([name, task]) => {
      if (task.kind !== 'pairs') return [];
      const trial = { file: `experiments/trial/${task.file}.json` };
      return [[name, preset === 'smoke' ? trial : PAIR_FILES[task.file]!]];
    }),
  );

function answers(
  model: AskedModel,
  padding: Padding,
  shots: number,
  protocol: Protocol,
  preset: Preset,
): Node {
  const { prompts, zeroShotPrompts, zeroShotWith } = protocol;
  const load: AnswerUses['load'] = loadLanguageModel;
  return node({
    id: `answer/${model.slug}/${shots}${padding === 'left' ? '-padded' : ''}`,
    module: moduleOf('answer-prompts'),
    run: answerPrompts,
    parameters: {
      shots,
      prompts,
      zeroShotPrompts: shots === zeroShotWith ? zeroShotPrompts : 0,
      padding,
    },
    seed: SEED,
    uses: { load: { module: import.meta.resolve('../src/language/model.ts'), value: load } },
    data: pairsOf(preset),
    checkpoints: { model: model.source },
    ...resourcesOf(preset, 'evaluation'),
  });
}

function scores(model: AskedModel, padding: Padding, protocol: Protocol, preset: Preset): Node {
  const { prompts, zeroShotWith } = protocol;
  const shots = protocol.shots[padding];
  const { name, slug, repository, revision } = model;
  const file = `${slug}${padding === 'left' ? '-padded' : ''}`;
  return node({
    id: `score/${file}`,
    module: moduleOf('score-answers'),
    run: scoreAnswers,
    parameters: {
      model: name,
      repository,
      revision,
      padding,
      prompts,
      shots,
      zeroShot: zeroShotWith,
    },
    inputs: Object.fromEntries(
      shots.map((count) => [String(count), answers(model, padding, count, protocol, preset)]),
    ),
    data: preset === 'smoke' ? {} : WORDNET_FILES,
    publish: { 'scores.json': `weights/hendel.${preset}/${file}.scores.json` },
    ...resourcesOf(preset, 'artifact'),
  });
}

/** The 18 tasks of Hendel et al. 2023, asked of pretrained language models as the paper does. */
export const experiment = defineExperiment({
  id: 'hendel',
  title: 'Tasks of language, asked by examples in the prompt',
  models: MODELS,
  presets: {
    smoke: {
      prompts: 12,
      zeroShotPrompts: 4,
      shots: { none: [1, 5, 16], left: [5] },
      zeroShotWith: 5,
    },
    // Hours of a processor for a model of 130 million parameters; the rest of the sweep is as long again many times.
    small: { ...PROTOCOL, shots: { none: [1, 2, 4, 5, 8, 16], left: [5] } },
    paper: { ...PROTOCOL, shots: { none: [1, 2, 4, 5, 8, 16, 32, 64, 128, 256], left: [5] } },
  } satisfies Partial<Record<Preset, Protocol>>,
  data: hendel,
  graph: (protocol: Protocol, preset) => {
    const models = preset === 'smoke' ? [TRIAL_MODEL] : askedModels();
    const asked = models.flatMap((model) =>
      (['none', 'left'] as const)
        .filter(
          (padding) =>
            padding === 'none' || READS_PADDING.test(model.repository) || preset === 'smoke',
        )
        .map((padding) => scores(model, padding, protocol, preset)),
    );
    return node({
      id: 'artifact',
      module: moduleOf('compare-language-models'),
      run: compareLanguageModels,
      parameters: {},
      data: { published: PUBLISHED },
      inputs: Object.fromEntries(asked.map((one) => [one.id, one])),
      ...resourcesOf(preset, 'artifact'),
    });
  },
});
