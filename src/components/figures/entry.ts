import type { Artifact, Preset } from '../../artifacts/artifact.ts';
import type { Drawing } from '../drawing/drawing.ts';
import type { FigureEntry, Shown } from '../paper/paper.ts';
import { runPanels } from '../results/committed.ts';

interface OfPanels<Spec, Filled> {
  /** Reads what a panel shows. */
  fill(spec: Spec, preset: Preset, neededBy: string): Promise<Filled>;
  draw(panels: readonly Filled[]): Drawing;
  /** What of results a panel shows, for claims to find it. */
  shows?(spec: Spec): readonly Shown[];
  /** Whether an experiment measures that at a preset; always if left out. */
  isMeasured?(of: string, preset: Preset, neededBy: string): Promise<boolean>;
}

/** A figure of panels that are of one experiment each: those are shown whose experiments are run. */
export const figureOfPanels = <Spec extends { of: string }, Filled>(
  specs: readonly Spec[],
  { fill, draw, shows = () => [], isMeasured }: OfPanels<Spec, Filled>,
): FigureEntry => ({
  experiments: [...new Set(runPanels(specs).map(({ of }) => of))],
  shows: runPanels(specs).flatMap(shows),
  ...(isMeasured && {
    isMeasured: async (preset, neededBy) => {
      const panels = runPanels(specs, preset).map(({ of }) => isMeasured(of, preset, neededBy));
      return (await Promise.all(panels)).every(Boolean);
    },
  }),
  draw: async (preset, neededBy) =>
    draw(await Promise.all(runPanels(specs, preset).map((spec) => fill(spec, preset, neededBy)))),
});

/** A figure of one experiment, drawn from its artifact alone. */
export const figureOfOne = <Data>(
  experiment: string,
  read: (neededBy: string, preset: Preset) => Promise<Artifact<Data>>,
  draw: (artifact: Artifact<Data>, neededBy: string) => Drawing,
): FigureEntry => ({
  experiments: [experiment],
  draw: async (preset, neededBy) => draw(await read(neededBy, preset), neededBy),
});
