import { boundTo } from '../../results/bound.ts';
import { evaluationWords } from './evaluation-title.ts';
import { examples, styleOf } from './facts.ts';
import type { LearningCurveArtifact } from './read.ts';

/** Errors in a sentence: of which methods on which prompts, after how many examples. */
interface Errors {
  artifact: LearningCurveArtifact;
  on: string;
  k: readonly (number | string)[];
  /** One value a run, by method and, where there are several lengths, length. */
  values: readonly (readonly [method: string, values: readonly number[], k?: string | undefined])[];
  /** What the errors are multiplied by. */
  times?: number;
  /** Whether the element's own value lists them. */
  inValue?: boolean;
}

/** A method's name, and which variant of it. */
function nameOf({ data }: LearningCurveArtifact, method: string): string {
  const { name } = styleOf(data, method);
  return data.trainings.some(({ config }) => config['model'] === method) ||
    !data.trainings.some((training) => training.method === method)
    ? name
    : `${name} (${method})`;
}

/** What is said of errors of learning curves, for its card: the artifact, the runs, and the place in its figure. */
export function boundErrors({
  artifact,
  on,
  k,
  values,
  times = 1,
  inValue = false,
}: Errors): Record<string, string> {
  const { data } = artifact;
  const names = [...new Set(values.map(([method]) => nameOf(artifact, method)))];
  const only = values.length === 1;
  const words = [
    `squared error / d${times === 1 ? '' : ` × ${Number(times.toPrecision(3))}`}`,
    ...(only ? names : []),
    evaluationWords(on),
    `k = ${k.join(', ')}`,
  ];
  return boundTo({
    artifact,
    is: words.join(', '),
    ...(!inValue &&
      values.length > 0 && {
        values: values.map(
          ([method, runs, length]) =>
            [[nameOf(artifact, method), ...(length ? [length] : [])].join(', '), runs] as const,
        ),
      }),
    ...(times === 1 && { at: { part: on, x: k.map((one) => examples(data, one) / data.d) } }),
  });
}
