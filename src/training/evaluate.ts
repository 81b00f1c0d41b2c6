import type { Parameters, SequenceModel } from '../models/model.ts';
import { isQueried, promptsOfQuery, squaredErrors } from '../tasks/prompt-sets.ts';
import type { PromptSet } from '../tasks/prompt-sets.ts';
import { firstPoints } from '../tasks/prompts.ts';
import type { Prompts } from '../tasks/prompts.ts';
import { predict } from './regression.ts';

/** A model's squared errors / d on a batch after the given numbers of examples. @returns [batch ks] */
export async function evaluatePrompts(
  model: SequenceModel,
  parameters: Parameters,
  set: PromptSet,
  ks: readonly number[],
): Promise<Float64Array> {
  const predictions = isQueried(set)
    ? await predictQueries(ks, (k) => predictAll(model, parameters, promptsOfQuery(set, k)))
    : await predictContexts(ks, () =>
        predictAll(model, parameters, firstPoints(set, Math.max(...ks) + 1)),
      );
  return squaredErrors(set, ks, predictions);
}

interface Predictions {
  points: number;
  /** [batch points] */
  values: ArrayLike<number>;
}

async function predictAll(
  model: SequenceModel,
  parameters: Parameters,
  prompts: Prompts,
): Promise<Predictions> {
  const predictions = predict(model, parameters, prompts);
  try {
    return { points: prompts.points, values: await predictions.data() };
  } finally {
    predictions.dispose();
  }
}

/** One pass scores every k. @returns [batch ks] */
async function predictContexts(
  ks: readonly number[],
  run: () => Promise<Predictions>,
): Promise<Float64Array> {
  const { points, values } = await run();
  return Float64Array.from({ length: (values.length / points) * ks.length }, (_, i) => {
    const row = Math.floor(i / ks.length) * points;
    return values[row + ks[i % ks.length]!]!;
  });
}

/** Each k has a pass of its own, whose last prediction counts. @returns [batch ks] */
async function predictQueries(
  ks: readonly number[],
  run: (k: number) => Promise<Predictions>,
): Promise<Float64Array> {
  let result = new Float64Array(0);
  for (const [at, k] of ks.entries()) {
    const { points, values } = await run(k);
    const batch = values.length / points;
    if (at === 0) result = new Float64Array(batch * ks.length);
    for (let b = 0; b < batch; b++) result[b * ks.length + at] = values[(b + 1) * points - 1]!;
  }
  return result;
}
