import * as Plot from '@observablehq/plot';
import type { Artifact } from '#src/artifacts/artifact.ts';
import { drawChart, endLabel } from '#src/components/drawing/chart.ts';
import type { Scale } from '#src/components/drawing/chart.ts';
import { drawingOf } from '#src/components/drawing/drawing-of.ts';
import type { Drawing } from '#src/components/drawing/drawing.ts';
import { methodStyle } from '#src/components/drawing/methods.ts';
import { SPECIES } from '../../artifacts/telling-species.ts';
import type { TellingSpecies } from '../../artifacts/telling-species.ts';
type Bird = TellingSpecies['birds'][number];

const styles = SPECIES.map((name) => methodStyle(name.toLowerCase()));

const linear = (domain: Scale['domain'], ticks: number[], label: string): Scale => ({
  type: 'linear',
  domain,
  ticks,
  format: String,
  label,
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Share of its tests in which a bird was called wrong. */
const missed = ({ tests, mistakes }: Bird, method: string): number =>
  tests === 0 ? 0 : mistakes[method]! / tests;

function drawPanel(birds: readonly Bird[], method: string) {
  const at = { x: 'billLength', y: 'billDepth' } as const;
  const svg = drawChart({
    label: `Bill depth against bill length of ${birds.length} penguins, with rings where the ${methodStyle(method).name} learner errs`,
    x: linear([31, 61], [35, 40, 45, 50, 55, 60], 'bill length, mm'),
    y: linear([12.5, 22], [14, 16, 18, 20, 22], 'bill depth, mm'),
    marks: [
      ...styles.map(({ variable, symbol }, species) =>
        Plot.dot(
          birds.filter((bird) => bird.species === species),
          { ...at, symbol: symbol!, r: 2.2, fill: `var(${variable})`, fillOpacity: 0.75 },
        ),
      ),
      Plot.dot(
        birds.filter((bird) => missed(bird, method) > 0),
        { ...at, r: (bird: Bird) => 4 + 5 * missed(bird, method), stroke: 'var(--ink)' },
      ),
    ],
    labels: styles.map((style, species) =>
      endLabel(
        style,
        mean(birds.filter((bird) => bird.species === species).map(({ billDepth }) => billDepth)),
      ),
    ),
  });
  return { title: methodStyle(method).name, note: 'birds it called wrong', svg };
}

/** The birds by two of their measurements, a panel a learner. */
export function drawBirds(artifact: Artifact<TellingSpecies>): Drawing {
  const { birds, methods } = artifact.data;
  const wrong = (method: string): Bird[] => birds.filter((bird) => missed(bird, method) > 0);
  return drawingOf({
    panels: methods.map(({ method }) => drawPanel(birds, method)),
    csv: {
      columns: ['species', 'bill length', 'bill depth', ...methods.map(({ method }) => method)],
      rows: birds.map((bird) => [
        SPECIES[bird.species]!,
        bird.billLength,
        bird.billDepth,
        ...methods.map(({ method }) => missed(bird, method).toFixed(3)),
      ]),
    },
    description: [
      'Two scatter plots of the same birds, a colour and a mark a species. Across: bill length. Up: bill depth. Adelie penguins have short and deep bills, Chinstraps long and deep ones, Gentoos long and flat ones.',
      ...methods.map(
        ({ method }) =>
          `The ${methodStyle(method).name} learner called ${wrong(method).length} birds wrong at least once.`,
      ),
    ],
    tables: methods.map(({ method }) => ({
      title: `Birds that the ${methodStyle(method).name} learner called wrong`,
      columns: ['species', 'bill length, mm', 'bill depth, mm', 'share of tests'],
      rows: wrong(method)
        .toSorted((a, b) => missed(b, method) - missed(a, method))
        .map((bird) => [
          SPECIES[bird.species]!,
          String(bird.billLength),
          String(bird.billDepth),
          `${Math.round(100 * missed(bird, method))} %`,
        ]),
    })),
    artifacts: [artifact],
  });
}
