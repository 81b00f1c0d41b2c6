import type { ScanSpeed } from '../../src/artifacts/scan-speed.ts';
import { WORKLOADS } from '../../src/kernels/workloads.ts';
import { forwardPass, measure } from '../../src/lab/bench/measure.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { rounded } from '../../src/numerics/statistics.ts';
import { jsonFile, readJson } from '../outputs/files.ts';

type Series = ScanSpeed['series'][number];

type Shape = Pick<ScanSpeed, 'batch' | 'd_model' | 'runs'>;
export type SpeedParameters = Shape & Pick<Series, 'operation' | 'length'>;

/** Times one operation, alone and forward, at each length. Outputs `series.json`. */
export async function measureSpeed(context: NodeContext<SpeedParameters>): Promise<Files> {
  const { operation, length: lengths, batch, d_model, runs } = context.parameters;
  const series: Series = { operation, length: lengths, milliseconds: [], peakBytes: [] };
  for (const [i, length] of lengths.entries()) {
    const random = RandomStream.fromSeed(context.seed);
    const workload = forwardPass(() =>
      WORKLOADS[operation]({ batch, length, d_model }, (count) => random.normals(count)),
    );
    const { medianMs, peakBytes } = await measure(workload, runs);
    if (peakBytes === undefined) {
      throw new Error(
        `measure-speed: expected a backend whose memory can be seen, got ${context.runtime.backend}; ` +
          'use --backend webgpu or wasm',
      );
    }
    series.milliseconds.push(rounded(medianMs));
    series.peakBytes.push(peakBytes);
    await context.progress({ step: i + 1, steps: lengths.length });
  }
  return jsonFile('series.json', series);
}

/** The artifact's data, of the inputs `scan` and `attention`. */
export function compareSpeed({ parameters, inputs }: NodeContext<Shape>): Promise<Files> {
  const [scan, attention] = (['scan', 'attention'] as const).map((name) =>
    readJson<Series>(inputs[name]!, 'series.json'),
  ) as [Series, Series];
  const data: ScanSpeed = {
    ...parameters,
    series: [scan, attention],
    crossing: crossing(scan, attention),
  };
  return Promise.resolve(dataFile(data));
}

/** The least length of both from which on the first is faster. */
export function crossing(
  first: Pick<Series, 'length' | 'milliseconds'>,
  second: Pick<Series, 'length' | 'milliseconds'>,
): number | null {
  const both = first.length.filter((length) => second.length.includes(length));
  const timeOf = ({ length, milliseconds }: typeof first, at: number): number =>
    milliseconds[length.indexOf(at)]!;
  const slower = both.findLastIndex((length) => timeOf(first, length) >= timeOf(second, length));
  return both[slower + 1] ?? null;
}
