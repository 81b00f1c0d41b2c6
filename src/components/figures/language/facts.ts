import type { Hendel, MeasuredModel } from '../../../artifacts/hendel.ts';
import { ascending } from '../../drawing/values.ts';

/** Examples in the prompt where models are compared by size. */
export const SHOTS = 5;

/** What ran here, without padding; nothing before anything did. */
export const ranHere = ({ runs }: Hendel): Hendel['runs'] =>
  runs.filter(({ padding }) => padding === 'none');

/** Every model that was asked, here and by others. */
export interface Measured {
  data: Hendel;
  all: readonly (MeasuredModel & { isPublished: boolean })[];
}

/** Numbers of examples that a model was asked with, from one up. */
export const shotsOf = ({ accuracies }: MeasuredModel): number[] =>
  ascending(accuracies.map(({ shots }) => shots)).filter((shots) => shots > 0);

/** The models that were asked with more than one number of examples. */
export const swept = <Model extends MeasuredModel>(models: readonly Model[]): Model[] =>
  models.filter((model) => shotsOf(model).length > 1);

/** Places of the tasks that have inputs enough for the most examples that any model was asked with. */
export function largestTasks({ published }: Hendel): number[] {
  const models = swept(published);
  const most = Math.max(...models.flatMap(shotsOf));
  const asked = models.flatMap(({ accuracies }) =>
    accuracies
      .filter(({ shots }) => shots === most)
      .flatMap(({ byTask }) => byTask.flatMap((value, task) => (value === null ? [] : task))),
  );
  return ascending(asked);
}

/** How many tasks a model was asked with so many examples. */
export const tasksAt = ({ accuracies }: MeasuredModel, shots: number): number =>
  accuracies.find((one) => one.shots === shots)?.byTask.filter((value) => value !== null).length ??
  0;

const WORDS: Record<string, string> = { fr: 'French', es: 'Spanish', en: 'English' };

/** `translation_fr_en` → French to English; `algorithmic_prev_letter` → previous letter */
export function taskName(task: string): string {
  const [kind, ...words] = task.split('_');
  if (kind === 'translation') return words.map((word) => WORDS[word] ?? word).join(' to ');
  return words
    .filter((word) => word !== 'simple')
    .join(' ')
    .replace('prev ', 'previous ')
    .replace(/^(present|plural|country|person|location) /, '$1 to ')
    .replace(/^to (upper|lower)$/, 'to $1 case');
}

/** 129M, 2.8B */
export const formatParameters = (count: number): string =>
  count < 1e9 ? `${Math.round(count / 1e6)}M` : `${(count / 1e9).toPrecision(2)}B`;

/** @throws Error where no model of that name was asked, there and here */
export function modelNamed({ published }: Hendel, name: string, where: string): MeasuredModel {
  const found = published.find(({ model }) => model === name);
  if (found) return found;
  const known = published.map(({ model }) => model).join(', ');
  throw new Error(`${where}: expected one of ${known}, got ${name}; correct it`);
}
