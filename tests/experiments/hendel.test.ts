import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { experiment } from '../../experiments/hendel.ts';
import { answerPrompts } from '../../experiments/nodes/answer-prompts.ts';
import type { AnswerParameters, AnswerUses } from '../../experiments/nodes/answer-prompts.ts';
import { compareLanguageModels } from '../../experiments/nodes/compare-language-models.ts';
import { scoreAnswers } from '../../experiments/nodes/score-answers.ts';
import type { ScoreParameters } from '../../experiments/nodes/score-answers.ts';
import { nameOfModel } from '../../experiments/settings/language-models.ts';
import { jsonFile, readJson } from '../../experiments/outputs/files.ts';
import { hendel, meanAccuracy } from '../../src/artifacts/hendel.ts';
import type { Hendel } from '../../src/artifacts/hendel.ts';
import { graphOf, nodesOf } from '../../src/lab/portable/graph.ts';
import { DATA } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { LanguageModel } from '../../src/language/model.ts';
import { drawPrompts, textOf } from '../../src/tasks/language/prompts.ts';
import { spaceOf } from '../../src/tasks/language/spaces.ts';
import { LANGUAGE_TASKS, LANGUAGE_TASK_NAMES } from '../../src/tasks/language/tasks.ts';
import type { LanguageTask, LanguageTaskName } from '../../src/tasks/language/tasks.ts';
import { archives } from '../tasks/language/wordnets.ts';
import { contextOf, resultOf } from './node.ts';

const TRIAL = join(import.meta.dirname, '../../experiments/trial');
const pairFile = (task: LanguageTask): Uint8Array | undefined =>
  task.kind === 'pairs' ? readFileSync(join(TRIAL, `${task.file}.json`)) : undefined;
const data = Object.fromEntries(
  LANGUAGE_TASK_NAMES.map((name) => [name, pairFile(LANGUAGE_TASKS[name])]),
);

const PAD = 0;
const FIRST_ANSWER = 0x11_0000;

/** A model with a token a letter, and tokens of whole answers besides. It knows how prompts are answered. */
class Oracle {
  /** Prompts it was asked, by their ids. */
  readonly asked: number[][] = [];
  readonly #answers: string[] = [];
  readonly #answer: (prompt: string) => string;

  constructor(answer: (prompt: string) => string) {
    this.#answer = answer;
  }

  network = {
    architecture: 'mamba',
    needs: {
      a: { from: [['embedding', [7, 3]]] },
      b: {
        from: [
          ['embedding', [7, 3]],
          ['bias', [3]],
        ],
      },
    },
  };

  tokenizer = {
    // All outputs of tasks are one token, behind the mark that asks for it.
    encode: (text: string): number[] =>
      text.startsWith('!') ? [1, 2] : Array.from(text, (letter) => letter.codePointAt(0)!),
    decode: ([id = 0]: number[]): string => this.#answers[id - FIRST_ANSWER]!,
    id: (token: string): number | undefined => (token === '<|endoftext|>' ? PAD : undefined),
  };

  nextTokens(prompts: number[][]): Promise<{ id: number }[]> {
    this.asked.push(...prompts);
    const next = prompts.map((ids) => {
      const text = String.fromCodePoint(...ids.filter((id) => id !== PAD));
      const answer = this.#answer(text);
      return { id: answer === '' ? PAD : FIRST_ANSWER + this.#answers.push(answer) - 1 };
    });
    return Promise.resolve(next);
  }

  dispose(): void {}
}

const ask = (
  oracle: Oracle,
  own: Partial<AnswerParameters> = {},
  context: Partial<Pick<NodeContext, 'checkpoint' | 'signal'>> = {},
): Promise<Files> => {
  const load = () => Promise.resolve(oracle as unknown as LanguageModel);
  const parameters = {
    shots: 2,
    prompts: 70,
    zeroShotPrompts: 3,
    padding: 'none',
    ...own,
  } as const;
  return answerPrompts({
    ...contextOf<AnswerParameters, AnswerUses>(parameters, { load }),
    seed: 41,
    data,
    checkpoints: {
      model: {
        where: 'here',
        size: () => Promise.resolve(0),
        read: () => Promise.reject(new Error('not read')),
      },
    },
    ...context,
  });
};

const space = (name: LanguageTaskName) => {
  const bytes = data[name];
  const pairs = bytes
    ? (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>)
    : {};
  return spaceOf(LANGUAGE_TASKS[name], new Map(Object.entries(pairs)), () => 2);
};

/** What is expected after each prompt of every task with two examples: no two tasks share a prompt. */
const KEY = new Map(
  LANGUAGE_TASK_NAMES.flatMap((name) =>
    drawPrompts(space(name), { shots: 2, prompts: 70, zeroShotPrompts: 0, seed: 41 })!.shots.map(
      (prompt) => [textOf(prompt), prompt.query.output] as const,
    ),
  ),
);
const knowing = (): Oracle => new Oracle((prompt) => `${KEY.get(prompt) ?? ''}\nexample:`);

type Run = Hendel['runs'][number];

const scored = async (files: Files, own: Partial<Pick<NodeContext, 'data'>> = {}): Promise<Run> => {
  const parameters: ScoreParameters = {
    model: 'Mamba 130M',
    repository: 'state-spaces/mamba-130m-hf',
    revision: 'f'.repeat(40),
    padding: 'none',
    prompts: 70,
    shots: [2],
    zeroShot: 2,
  };
  const context = contextOf(parameters, {}, { 2: resultOf(files) });
  return readJson<Run>(resultOf(await scoreAnswers({ ...context, ...own })), 'scores.json');
};

test('who knows the answers is always right, and never without examples', async () => {
  const run = await scored(await ask(knowing()));
  expect(run).toMatchObject({
    architecture: 'mamba',
    parameters: 7 * 3 + 3,
    translations: 'exact',
  });
  expect(run.accuracies.map(({ shots }) => shots)).toEqual([0, 2]);
  expect(meanAccuracy(run, 2)).toBe(1);
  expect(meanAccuracy(run, 0)).toBe(0);
});

test('a task with too few inputs is left out', async () => {
  const run = await scored(await ask(new Oracle(() => ''), { shots: 9, zeroShotPrompts: 0 }));
  const [zero, two] = run.accuracies;
  expect(zero!.byTask.every((accuracy) => accuracy === null)).toBe(true);
  const asked = LANGUAGE_TASK_NAMES.filter((_, i) => two!.byTask[i] !== null);
  expect(asked.filter((name) => !name.startsWith('algorithmic'))).toEqual([
    'translation_fr_en',
    'translation_es_en',
    'translation_en_fr',
    'translation_en_es',
  ]);
});

test('prompts are filled up at their left to the longest of their task where that is asked for', async () => {
  const [plain, padded] = [knowing(), knowing()];
  const answers = await Promise.all([ask(plain), ask(padded, { padding: 'left' })]);
  expect(Buffer.from(answers[1]['answers.json']!)).toEqual(
    Buffer.from(answers[0]['answers.json']!),
  );
  expect(plain.asked.flat()).not.toContain(PAD);
  const first = padded.asked.slice(0, 70);
  expect(new Set(first.map(({ length }) => length)).size).toBe(1);
  expect(new Set(plain.asked.slice(0, 70).map(({ length }) => length)).size).toBeGreaterThan(1);
  const texts = (prompts: number[][]) => prompts.map((ids) => ids.join()).toSorted();
  expect(texts(first.map((ids) => ids.filter((id) => id !== PAD)))).toEqual(
    texts(plain.asked.slice(0, 70)),
  );
});

test('what was answered before a stop is not asked again', async () => {
  const whole = knowing();
  const expected = await ask(whole);
  const [before, after] = [knowing(), knowing()];
  const stop = new AbortController();
  let saved: Uint8Array | undefined;
  const checkpoint = {
    load: () => Promise.resolve(saved),
    save: (bytes: Uint8Array) => {
      saved = bytes;
      if (before.asked.length > 200) stop.abort(new Error('enough'));
      return Promise.resolve();
    },
  };
  await expect(ask(before, {}, { checkpoint, signal: stop.signal })).rejects.toThrow('enough');
  expect(await ask(after, {}, { checkpoint })).toEqual(expected);
  expect(before.asked.length).toBeLessThan(whole.asked.length);
  expect(before.asked.length + after.asked.length).toBe(whole.asked.length);
});

test('synonyms of translations count where there are wordnets, and the artifact says which', async () => {
  const none = Object.fromEntries(LANGUAGE_TASK_NAMES.map((name) => [name, null]));
  const answers = { expected: [' maison', ' rouge'], given: [' domicile', ' vert'] };
  const sheet = {
    architecture: 'mamba',
    parameters: 1,
    tasks: { ...none, translation_en_fr: { shots: answers, zeroShot: answers } },
  };
  const files = jsonFile('answers.json', sheet);
  const at = LANGUAGE_TASK_NAMES.indexOf('translation_en_fr');
  const [exact, synonyms] = [await scored(files), await scored(files, { data: { ...archives } })];
  expect([exact.translations, exact.accuracies[1]!.byTask[at]]).toEqual(['exact', 0]);
  expect([synonyms.translations, synonyms.accuracies[1]!.byTask[at]]).toEqual(['synonyms', 0.5]);
});

describe('the experiment', () => {
  test('on its trial asks a checkpoint that lies beside its pairs, both ways', () => {
    const ids = nodesOf(graphOf(experiment, 'smoke')).map(({ id }) => id);
    expect(ids).toEqual([
      ...[1, 5, 16].map((shots) => `answer/trial/${shots}`),
      'score/trial',
      'answer/trial/5-padded',
      'score/trial-padded',
      'artifact',
    ]);
  });

  test('holds what was published beside what was scored', async () => {
    const run = await scored(await ask(knowing()));
    const published = readFileSync(join(TRIAL, '../reference/hendel.json'));
    const files = await compareLanguageModels({
      ...contextOf({}, {}, { 'score/x': resultOf(jsonFile('scores.json', run)) }),
      data: { published },
    });
    const found = hendel.parse(readJson(resultOf(files), DATA));
    expect(found.published).toHaveLength(17);
    expect(found.runs).toEqual([run]);
  });

  test.each([
    ['state-spaces/mamba-130m-hf', 'Mamba 130M'],
    ['state-spaces/mamba-1.4b', 'Mamba 1.4B'],
    ['state-spaces/mamba-2.8b-slimpj', 'Mamba 2.8B (SlimPajama)'],
    ['RWKV/rwkv-4-169m-pile', 'RWKV-4 169M'],
    ['RWKV/rwkv-4-1b5-pile', 'RWKV-4 1.5B'],
    ['EleutherAI/pythia-6.9b', 'Pythia 6.9B'],
    ['EleutherAI/gpt-j-6b', 'GPT-J 6B'],
    ['huggyllama/llama-7b', 'LLaMA 7B'],
    ['openai-community/gpt2', 'gpt2'],
  ])('%s is called %s', (repository, name) => {
    expect(nameOfModel(repository)).toBe(name);
  });
});
