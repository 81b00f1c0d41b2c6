import { leastSquares } from '../baselines/least-squares.ts';
import type { Parameters, SequenceModel } from '../models/model.ts';
import { runtimeRecord } from '../runtime/runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { lineOfSeed, promptsAlong, withSlope } from '../tasks/line.ts';
import type { Line } from '../tasks/line.ts';
import { predictAlong } from '../training/along.ts';
import { openModel } from './load.ts';
import type { LineEvent, LineRequest } from './protocol.ts';
import { readArtifact } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

interface Opened {
  runtime: Runtime;
  d: number;
  models: { method: string; model: SequenceModel; parameters: Parameters }[];
}

async function open(
  request: LineRequest,
  around: Surroundings,
  emit: (event: LineEvent) => void,
): Promise<Opened> {
  const { artifactUrl, models: asked, backend } = request;
  emit({ type: 'stage', text: 'Starting the device …' });
  const runtime = await around.openRuntime(backend);
  emit({ type: 'device', device: { runtime: runtimeRecord(runtime), reason: runtime.reason } });
  emit({ type: 'stage', text: 'Loading the trained weights …' });
  const { data } = await readArtifact(around, request);
  const models = await Promise.all(
    asked.map(async ({ method, seed }) => {
      const { model, parameters } = await openModel({ artifactUrl, method, seed }, around, data);
      return { method, model, parameters };
    }),
  );
  return { runtime, d: data.d, models };
}

/** What each learner believes after each number of examples, in the unit of the line's query. */
async function believe({ models }: Opened, line: Line, { k: ks, places }: LineRequest) {
  const ts = places.map((place) => place * line.reach);
  const lines: { method: string; k: number; y: number[] }[] = [];
  for (const k of ks) {
    for (const { method, model, parameters } of models)
      lines.push({ method, k, y: await predictAlong(model, parameters, line, k, ts) });
    lines.push({
      method: 'least-squares',
      k,
      y: [...leastSquares(promptsAlong(line, k, ts), [k])],
    });
  }
  return lines.map(({ y, ...rest }) => ({ ...rest, y: y.map((value) => value / line.reach) }));
}

/**
 * Asks published models along a line, again and again: the first request opens device and models, the others find
 * them open.
 */
export function askAlongLines() {
  let opened: Promise<Opened> | undefined;
  return async (
    request: LineRequest,
    around: Surroundings,
    emit: (event: LineEvent) => void,
  ): Promise<void> => {
    opened ??= open(request, around, emit);
    const here = await opened;
    const startedAt = performance.now();
    const drawn = lineOfSeed(request.promptSeed, here.d, Math.max(...request.k));
    const line = request.slope === undefined ? drawn : withSlope(drawn, request.slope);
    const lines = await believe(here, line, request);
    here.runtime.check();
    const seconds = (performance.now() - startedAt) / 1000;
    emit({ type: 'lines', slope: line.slope, places: request.places, lines, seconds });
  };
}
