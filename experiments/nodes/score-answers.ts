import type { Hendel } from '../../src/artifacts/hendel.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { isCorrect } from '../../src/tasks/language/scoring.ts';
import type { Synonyms } from '../../src/tasks/language/scoring.ts';
import { LANGUAGE_TASKS, LANGUAGE_TASK_NAMES } from '../../src/tasks/language/tasks.ts';
import type { LanguageTask, LanguageTaskName } from '../../src/tasks/language/tasks.ts';
import { synonymsIn } from '../../src/tasks/language/wordnet.ts';
import { jsonFile, readJson } from '../outputs/files.ts';
import type { AnswerSheet, Answers } from './answer-prompts.ts';

type Run = Hendel['runs'][number];

export type ScoreParameters = Pick<
  Run,
  'model' | 'repository' | 'revision' | 'padding' | 'prompts'
> & {
  /** Of the input of the same name, `5`; the one called `zeroShot` has the prompts without examples. */
  shots: number[];
  zeroShot: number;
};

/**
 * Scores a model's answers. Inputs: answers by number of examples. Data: `wordnet` and `omw`, archives for synonyms of
 * translations; without them the expected word alone counts. Outputs `scores.json`.
 */
export function scoreAnswers({
  parameters,
  inputs,
  data,
}: NodeContext<ScoreParameters>): Promise<Files> {
  const { shots, zeroShot, ...rest } = parameters;
  const sheets = new Map(
    shots.map((count) => [count, readJson<AnswerSheet>(inputs[String(count)]!, 'answers.json')]),
  );
  const judge = judgeWith(data);
  const at = (count: number, sheet: AnswerSheet, of: 'shots' | 'zeroShot') => ({
    shots: count,
    byTask: LANGUAGE_TASK_NAMES.map((name) => judge(name, sheet.tasks[name]?.[of])),
  });
  const { architecture, parameters: size } = sheets.get(zeroShot)!;
  return Promise.resolve(
    jsonFile('scores.json', {
      ...rest,
      architecture,
      parameters: size,
      translations: data['wordnet'] ? 'synonyms' : 'exact',
      accuracies: [
        at(0, sheets.get(zeroShot)!, 'zeroShot'),
        ...[...sheets].map(([count, sheet]) => at(count, sheet, 'shots')),
      ],
    } satisfies Run),
  );
}

/** Share of answers that are correct; null of a task that was not asked. */
function judgeWith({ wordnet, omw }: NodeContext['data']) {
  const known = new Map<string, Synonyms>();
  const synonymsOf = (task: LanguageTask): Synonyms | undefined => {
    if (task.kind !== 'pairs' || !task.language || !wordnet || !omw) return undefined;
    const synonyms = known.get(task.language) ?? synonymsIn(task.language, { wordnet, omw });
    known.set(task.language, synonyms);
    return synonyms;
  };
  return (name: LanguageTaskName, answers: Answers | undefined): number | null => {
    if (!answers || answers.given.length === 0) return null;
    const task = LANGUAGE_TASKS[name];
    const synonyms = synonymsOf(task);
    const right = answers.given.filter((answer, i) =>
      isCorrect(task.scoring, answer, answers.expected[i]!, synonyms),
    );
    return right.length / answers.given.length;
  };
}
