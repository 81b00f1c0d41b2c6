import { architectureOf } from '../components/figures/learning-curves/facts.ts';
import type { Drawing, Runnable } from '../components/drawing/drawing.ts';
import { methodStyle } from '../components/drawing/methods.ts';

/** Models that a reader may run, and the distributions on which they are shown. */
export interface RunnableGroup extends Pick<Runnable, 'artifact'> {
  title: string;
  evaluations: string[];
  options: { method: string; seed: number; name: string }[];
}

/** Panels that show the same models of one experiment are run together. */
function groupPanels(panels: readonly (Runnable & { title: string })[]): RunnableGroup[] {
  const groups = new Map<string, RunnableGroup>();
  for (const { title, shows, artifact, evaluation, models } of panels) {
    const key = [artifact.id, ...models].join(' ');
    const group = groups.get(key) ?? { title, artifact, evaluations: [], options: [] };
    if (evaluation !== undefined) group.evaluations.push(evaluation);
    group.options = artifact.data.trainings
      .filter(({ method, weights }) => models.includes(method) && (weights || shows === 'losses'))
      .map(({ method, seed }) => {
        const { name } = methodStyle(architectureOf(artifact.data, method));
        return { method, seed, name: `${name}, seed ${seed}` };
      });
    groups.set(key, group);
  }
  return [...groups.values()].filter(({ options }) => options.length > 0);
}

/**
 * What a reader may run of a figure: nothing where its weights are not committed.
 * @throws Error where the figure shows nothing of the kind
 */
export function runnableGroups(
  drawing: Pick<Drawing, 'panels'> | undefined,
  shows: Runnable['shows'],
  where: string,
): RunnableGroup[] {
  const panels = (drawing?.panels ?? []).flatMap(({ title, runnable }) =>
    runnable?.shows === shows ? { title, ...runnable } : [],
  );
  if (panels.length > 0) return groupPanels(panels);
  throw new Error(
    `${where}: expected a figure of ${shows === 'curves' ? 'learning curves' : 'training losses'}, ` +
      'got another kind; use <Figure>',
  );
}
