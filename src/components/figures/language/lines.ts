import type * as Plot from '@observablehq/plot';
import { meanAccuracy } from '../../../artifacts/hendel.ts';
import type { MeasuredModel } from '../../../artifacts/hendel.ts';
import { endLabel } from '../../drawing/chart.ts';
import type { Chart, Scale } from '../../drawing/chart.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { publishedSeries, series } from '../../drawing/series.ts';
import { SHOTS, shotsOf, swept } from './facts.ts';
import type { Measured } from './facts.ts';

type Style = ReturnType<typeof methodStyle>;

/** One look a family of models; Transformers share a colour. */
const FAMILIES: Record<
  string,
  { method: string } & Partial<Pick<Style, 'name' | 'symbol' | 'dash'>>
> = {
  mamba: { method: 'mamba' },
  rwkv: { method: 'rwkv4' },
  gpt_neox: { method: 'gpt2', name: 'Pythia' },
  gptj: { method: 'gpt2', name: 'GPT-J', symbol: 'diamond2' },
  llama: { method: 'gpt2', name: 'LLaMA', symbol: 'triangle', dash: '2 2' },
  gpt2: { method: 'gpt2', name: 'GPT-2', symbol: 'star', dash: '9 2' },
};

function styleOf({ architecture }: MeasuredModel): Style {
  const family = FAMILIES[architecture];
  if (family) return { ...methodStyle(family.method), ...family };
  throw new Error(
    `language figure: expected one of ${Object.keys(FAMILIES).join(', ')}, got ${architecture}; give it a look there`,
  );
}

/** A logarithmic axis to the base 2, whose ticks Plot names only at powers of ten. */
export const place = Math.log2;

/** A line, drawn thin where it is published and there are lines of what ran here. */
interface Line {
  name: string;
  style: Style;
  isPublished: boolean;
  points: { x: number; y: number }[];
}

export function drawLines(lines: readonly Line[], y: Scale): Pick<Chart, 'marks' | 'labels'> {
  const bold = lines.some(({ isPublished }) => !isPublished);
  const isThin = ({ isPublished }: Line): boolean => bold && isPublished;
  const marks = lines.flatMap((line): Plot.Markish[] =>
    isThin(line)
      ? [publishedSeries(line.points, line.style, y)]
      : series(line.points, { style: line.style, className: 'curve', y, marked: () => true }),
  );
  const named = lines.filter((line) => !isThin(line) && line.points.length > 0);
  const labels = named.map(({ name, style, points }) =>
    endLabel({ ...style, name }, points[points.length - 1]!.y),
  );
  return { marks, labels };
}

/** Models that differ in size alone. */
export function families({ data: { published }, all }: Measured): Line[] {
  const corpusOf = new Map(published.map(({ model, corpus }) => [model, corpus]));
  const groups = Map.groupBy(all, ({ model, architecture, isPublished }) =>
    [architecture, corpusOf.get(model) ?? model, isPublished].join(),
  );
  return [...groups.values()].map((models) => {
    const [first] = models as [Measured['all'][number], ...Measured['all']];
    const corpus = corpusOf.get(first.model);
    const style = styleOf(first);
    const points = models.flatMap((model) => {
      const y = meanAccuracy(model, SHOTS);
      return y === undefined ? [] : [{ x: place(model.parameters), y }];
    });
    const name = corpus === 'SlimPajama' ? corpus : style.name;
    return {
      name,
      style,
      isPublished: first.isPublished,
      points: points.sort((a, b) => a.x - b.x),
    };
  });
}

const DASHES = ['', '6 3', '1.5 3', '6 3 1.5 3'];

/** A line a model that was asked with several numbers of examples; the largest of its kind is solid. */
export function sweeps({ all }: Measured, tasks?: readonly number[]): Line[] {
  const models = swept(all).toSorted((a, b) => b.parameters - a.parameters);
  return models.map((model) => {
    const larger = models.filter(
      (other) =>
        other.architecture === model.architecture && other.isPublished === model.isPublished,
    );
    const dash = DASHES[larger.indexOf(model) % DASHES.length]!;
    const points = shotsOf(model).flatMap((shots) => {
      const y = meanAccuracy(model, shots, tasks);
      return y === undefined ? [] : [{ x: place(shots), y }];
    });
    return {
      name: model.model,
      style: { ...styleOf(model), dash },
      isPublished: model.isPublished,
      points,
    };
  });
}
