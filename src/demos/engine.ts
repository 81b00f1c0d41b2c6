import type { LearningCurves } from '../artifacts/learning-curves.ts';
import type { Parameters, SequenceModel } from '../models/model.ts';
import { RandomStream } from '../numerics/random.ts';
import { meanCurve } from '../numerics/statistics.ts';
import { runtimeRecord } from '../runtime/runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { pointsOf } from '../tasks/evaluation.ts';
import { evaluationBatch } from '../tasks/index.ts';
import { evaluatePrompts } from '../training/evaluate.ts';
import { openModel } from './load.ts';
import type { LiveCurve, LiveEvent, LiveRequest, LiveResult } from './protocol.ts';
import { readArtifact } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

type Emit = (event: LiveEvent) => void;

interface Setting {
  data: LearningCurves;
  model: SequenceModel;
  parameters: Parameters;
  runtime: Runtime;
  batches: number;
}

/** The mean curve where a published one is, batch by batch over the published prompts. */
async function evaluate(
  { data, model, parameters, runtime, batches }: Setting,
  { evaluation, k }: LiveCurve,
  onBatch: (curve: LiveCurve) => void,
): Promise<LiveCurve> {
  const inputs = data.evaluations[evaluation];
  if (!inputs) throw new Error(`The artifact does not say what inputs ${evaluation} has.`);
  const { batch, d, promptSeed } = data;
  const shape = { batch, points: pointsOf(inputs, data.points, d), d };
  const random = RandomStream.fromSeed(promptSeed);
  const errors = new Float64Array(batches * batch * k.length);
  let curve: LiveCurve = { evaluation, prompts: 0, k, mean: [] };
  for (let index = 0; index < batches; index++) {
    const prompts = evaluationBatch(inputs, shape, random, index);
    const scored = await evaluatePrompts(model, parameters, prompts, k);
    runtime.check();
    errors.set(scored, index * batch * k.length);
    const count = (index + 1) * batch;
    const mean = meanCurve(errors.subarray(0, count * k.length), k.length);
    curve = { evaluation, prompts: count, k, mean };
    onBatch(curve);
  }
  return curve;
}

/** The published means over the prompts and contexts that a run of this extent evaluates. */
function publishedCurves(data: LearningCurves, request: LiveRequest): LiveCurve[] {
  const { method, seed, extent, evaluations, maxK = Infinity } = request;
  return data.curves
    .filter((curve) => curve.method === method && curve.seed === seed)
    .filter(({ evaluation }) => evaluations.includes(evaluation))
    .map(({ evaluation, k, mean, firstBatch, prompts }) => {
      const points = k.filter((examples) => examples <= maxK).length;
      const values = extent === 'all' ? mean : firstBatch;
      return {
        evaluation,
        prompts: extent === 'all' ? prompts : data.batch,
        k: k.slice(0, points),
        mean: values.slice(0, points),
      };
    });
}

/** Evaluates every distribution in turn. */
async function evaluateAll(
  setting: Setting,
  published: readonly LiveCurve[],
  emit: Emit,
): Promise<LiveCurve[]> {
  const { batch, d } = setting.data;
  const each = setting.batches * batch;
  const curves: LiveCurve[] = [];
  for (const target of published) {
    const before = curves.length * each;
    const report = (curve: LiveCurve): void =>
      emit({
        type: 'progress',
        done: before + curve.prompts,
        total: published.length * each,
        curve,
        d,
      });
    curves.push(await evaluate(setting, target, report));
  }
  return curves;
}

/**
 * Evaluates a published model on the published prompts again, on this device, reporting as it goes.
 * @throws Error in words for a reader
 */
export async function runLive(
  request: LiveRequest,
  around: Surroundings,
  emit: Emit,
): Promise<void> {
  const startedAt = new Date();
  emit({ type: 'stage', text: 'Starting the device …' });
  const runtime = await around.openRuntime(request.backend);
  const device = { runtime: runtimeRecord(runtime), reason: runtime.reason };
  emit({ type: 'device', device });
  emit({ type: 'stage', text: 'Loading the trained weights …' });
  const { data, id, preset, provenance } = await readArtifact(around, request);
  const { training, model, parameters } = await openModel(request, around, data);
  emit({ type: 'stage', text: 'Evaluating the published prompts …' });
  const batches = request.extent === 'all' ? data.prompts / data.batch : 1;
  const published = publishedCurves(data, request);
  const setting = { data, model, parameters, runtime, batches };
  const curves = await evaluateAll(setting, published, emit);
  const result: LiveResult = {
    request,
    device,
    artifact: { id, preset, key: provenance.key, commit: provenance.commit },
    weightsSha256: training.weightsSha256,
    promptSeed: data.promptSeed,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    curves,
    published,
  };
  emit({ type: 'done', result });
  await runtime.close();
}
