import type { Parameters, SequenceModel } from '../models/model.ts';
import { promptsAlong } from '../tasks/line.ts';
import type { Line } from '../tasks/line.ts';
import { predict } from './regression.ts';

/**
 * What a model believes along a line after k examples.
 * @param ts places on the line
 * @returns one prediction a place
 */
export async function predictAlong(
  model: SequenceModel,
  parameters: Parameters,
  line: Line,
  k: number,
  ts: readonly number[],
): Promise<number[]> {
  const out = predict(model, parameters, promptsAlong(line, k, ts));
  const values = await out.data();
  out.dispose();
  return ts.map((_, i) => values[i * (k + 1) + k]!);
}
