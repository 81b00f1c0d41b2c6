import { withWeights } from '../../src/artifacts/learning-curves.ts';
import type { TokenCurves } from '../../src/artifacts/token-curves.ts';
import type { Comparison, Files, VerifyContext } from '../../src/lab/experiment.ts';
import type { TokenModelConfig } from '../../src/models/index.ts';
import { relativeError } from '../../src/numerics/relative-error.ts';
import { readJson } from '../outputs/files.ts';
import type { EvaluationContext, MeasuredCurve, TokenEvaluation } from './token-curves.ts';

/** The node that made the curves, run on fewer sequences. */
type Evaluate = (
  measured: Omit<EvaluationContext<TokenEvaluation, object>, 'uses'>,
  config: TokenModelConfig,
) => Promise<Files>;

/** Runs the committed weights of every training on the first batch of the published sequences. */
export async function* verifyTokenCurves(
  { artifact, read, examples, wants }: VerifyContext<TokenCurves>,
  evaluate: Evaluate,
): AsyncGenerator<Comparison> {
  const { data } = withWeights(artifact);
  const { batch, confidence } = data;
  for (const { method, seed, weights, weightsSha256, config } of data.trainings) {
    const name = `${method}-${seed} on training`;
    const curve = data.curves.find((one) => one.method === method && one.seed === seed);
    if (!wants(name, weightsSha256)) continue;
    if (!curve || weights === undefined) {
      throw new Error(
        `verify: expected a curve and committed weights of ${method}-${seed}, got none; run the experiment again`,
      );
    }
    const at = curve.at.filter((count) => count <= examples);
    const files = { 'weights.safetensors': await read(weights) };
    const measured = {
      parameters: {
        at,
        sequences: batch,
        batch,
        seed: data.sequenceSeed,
        confidence,
        bootstrapTrials: 1,
      },
      inputs: { training: { files, sha256: {} } },
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    };
    const made = await evaluate(measured, config as unknown as TokenModelConfig);
    const { firstBatch } = readJson<MeasuredCurve>({ sha256: {}, files: made }, 'curve.json');
    const published = curve.firstBatch.slice(0, at.length);
    yield { name, relativeError: relativeError(firstBatch, published) };
  }
}
