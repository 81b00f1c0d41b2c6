import type { TokenCurve } from '../../src/artifacts/token-curves.ts';
import type { NodeContext } from '../../src/lab/experiment.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { bootstrapCurve, meanCurve, rounded } from '../../src/numerics/statistics.ts';

export type TokenEvaluation = {
  /** How much was read before each value, ascending. */
  at: number[];
  sequences: number;
  batch: number;
  /** Of the sequences. */
  seed: number;
  confidence: number;
  bootstrapTrials: number;
};

/** What of its context a node needs that measures. */
export type EvaluationContext<Parameters extends object, Uses extends object> = Pick<
  NodeContext<Parameters, Uses>,
  'parameters' | 'uses' | 'inputs' | 'signal' | 'progress'
>;

/** A curve before it is said whose it is. */
export type MeasuredCurve = Omit<TokenCurve, 'method' | 'seed' | 'on'>;

/**
 * Measures batch by batch.
 * @param scoresOf of a batch that is drawn from this stream [batch at]
 */
export async function measureCurve(
  {
    parameters,
    signal,
    progress,
  }: Pick<NodeContext<TokenEvaluation>, 'parameters' | 'signal' | 'progress'>,
  scoresOf: (random: RandomStream) => Float64Array | Promise<Float64Array>,
): Promise<MeasuredCurve> {
  const { at, sequences, batch, seed, confidence, bootstrapTrials: trials } = parameters;
  const batches = Math.ceil(sequences / batch);
  const scores: Float64Array[] = [];
  for (let i = 0; i < batches; i++) {
    scores.push(await scoresOf(RandomStream.fromSeed(seed).fork('sequences').fork(i)));
    await progress({ step: i + 1, steps: batches });
    signal.throwIfAborted();
  }
  const all = Float64Array.from(scores.flatMap((part) => [...part]));
  const random = RandomStream.fromSeed(seed).fork('bootstrap');
  const { mean, low, high } = bootstrapCurve(all, at.length, { confidence, trials }, random);
  return {
    at,
    mean: mean.map(rounded),
    firstBatch: meanCurve(scores[0]!, at.length).map(rounded),
    low: low.map(rounded),
    high: high.map(rounded),
  };
}
