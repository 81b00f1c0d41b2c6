import { architectureOf } from '../components/learning-curves/facts.ts';
import type { Drawing, Runnable } from '../components/figure/drawing.ts';
import { methodStyle } from '../components/figure/methods.ts';

/** Models that a reader may run, and the distributions on which they are shown. */
export interface RunnableGroup extends Pick<Runnable, 'artifact'> {
  title: string;
  evaluations: string[];
  options: { method: string; seed: number; name: string }[];
}

/** Panels that show the same models of one experiment are run together. */
export function runnableGroups({ panels }: Drawing): RunnableGroup[] {
  const groups = new Map<string, RunnableGroup>();
  for (const { title, runnable } of panels) {
    if (!runnable) continue;
    const { artifact, evaluation, models } = runnable;
    const key = [artifact.id, ...models].join(' ');
    const group = groups.get(key) ?? { title, artifact, evaluations: [], options: [] };
    group.evaluations.push(evaluation);
    group.options = artifact.data.trainings
      .filter(({ method }) => models.includes(method))
      .map(({ method, seed }) => {
        const { name } = methodStyle(architectureOf(artifact.data, method));
        return { method, seed, name: `${name}, seed ${seed}` };
      });
    groups.set(key, group);
  }
  return [...groups.values()];
}
