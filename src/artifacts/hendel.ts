import { z } from 'zod';
import { count } from './columns.ts';

const share = z.number().min(0).max(1);

/** Accuracies with a number of examples in the prompt: one a task, null where it has too few inputs for so many. */
const accuracies = z.strictObject({
  shots: z.int().nonnegative(),
  byTask: z.array(share.nullable()),
});

/** What one language model answered. */
const measured = {
  /** Name with its size, such as `Mamba 130M`. */
  model: z.string().min(1),
  /** `model_type` of its configuration: mamba, rwkv, gpt_neox, gptj, gpt2, llama. */
  architecture: z.string().min(1),
  /** Number of trained scalars. */
  parameters: count,
  /** Prompts a task behind each accuracy but those without examples. */
  prompts: count,
  accuracies: z.array(accuracies),
};

const publishedModel = z.strictObject({
  ...measured,
  /** Text it was trained on; models of one architecture and one text differ in size alone. */
  corpus: z.string().min(1),
  from: z.enum(['result files', 'table 1']),
});

const run = z.strictObject({
  ...measured,
  /** owner/name on the hub, or a folder of the repository, and the commit. */
  repository: z.string().min(1),
  revision: z.string().nullable(),
  /** `left`: prompts filled up at their left to the longest, and the model reads that as text, as published. */
  padding: z.enum(['none', 'left']),
  /** Of translations: synonyms count as published, or the expected word alone does. */
  translations: z.enum(['synonyms', 'exact']),
});

const ONE_A_TASK = { error: 'expected one accuracy a task' };

const oneATask = (
  tasks: readonly string[],
  models: readonly { accuracies: readonly z.infer<typeof accuracies>[] }[],
): boolean =>
  models.every((model) => model.accuracies.every(({ byTask }) => byTask.length === tasks.length));

/** What was published: `experiments/reference/hendel.json`. */
export const publishedLanguage = z
  .strictObject({
    source: z.string().min(1),
    tasks: z.array(z.string().min(1)),
    models: z.array(publishedModel),
  })
  .refine(({ tasks, models }) => oneATask(tasks, models), ONE_A_TASK);

/** Data of the experiment `hendel`: 18 tasks of language, asked of language models by examples in the prompt. */
export const hendel = z
  .strictObject({
    tasks: z.array(z.string().min(1)),
    published: z.array(publishedModel),
    runs: z.array(run),
  })
  .refine(({ tasks, published, runs }) => oneATask(tasks, [...published, ...runs]), ONE_A_TASK);
export type Hendel = z.infer<typeof hendel>;

/** A language model with what it answered, here or as published. */
export type MeasuredModel = Pick<
  Hendel['published'][number],
  'model' | 'architecture' | 'parameters' | 'accuracies'
>;

const accuraciesAt = ({ accuracies: all }: MeasuredModel, shots: number) =>
  all.find((one) => one.shots === shots)?.byTask;

/** Places of the tasks that a model was asked with every one of these numbers of examples. */
export const tasksAtAll = (model: MeasuredModel, shots: readonly number[]): number[] => {
  const found = shots.map((k) => accuraciesAt(model, k));
  const [first = []] = found;
  return [...first.keys()].filter((task) =>
    found.every((byTask) => typeof byTask?.[task] === 'number'),
  );
};

/**
 * Accuracy averaged over tasks.
 * @param tasks their places; all that were asked with so many examples if left out
 * @returns undefined where none was, or one of these was not
 */
export function meanAccuracy(
  model: MeasuredModel,
  shots: number,
  tasks: readonly number[] = tasksAtAll(model, [shots]),
): number | undefined {
  const byTask = accuraciesAt(model, shots);
  const values = tasks.map((task) => byTask?.[task] ?? undefined);
  if (values.length === 0 || values.includes(undefined)) return undefined;
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
}
