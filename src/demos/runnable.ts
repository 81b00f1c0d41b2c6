import { architectureOf } from '../components/figures/learning-curves/facts.ts';
import type { Drawing, Runnable } from '../components/drawing/drawing.ts';
import { methodStyle } from '../components/drawing/methods.ts';
import { runOf } from './runs.ts';
import type { Choices } from './runs.ts';

/** Models whose panels a figure shows, and on which distributions. */
interface Shown {
  title: string;
  artifact: Runnable['artifact'];
  evaluations: string[];
  models: readonly string[];
}

/** Panels that show the same models of one experiment are run together. */
export function groupPanels(
  drawing: Pick<Drawing, 'panels'> | undefined,
  shows: Runnable['shows'],
  where: string,
): Shown[] {
  const panels = (drawing?.panels ?? []).flatMap(({ title, runnable }) =>
    runnable?.shows === shows ? { title, ...runnable } : [],
  );
  if (panels.length === 0)
    throw new Error(
      `${where}: expected a figure of ${shows === 'curves' ? 'learning curves' : 'training losses'}, ` +
        'got another kind; use <Figure>',
    );
  const groups = new Map<string, Shown>();
  for (const { title, artifact, evaluation, models } of panels) {
    const key = [artifact.id, ...models].join(' ');
    const group = groups.get(key) ?? { title, artifact, evaluations: [], models };
    if (evaluation !== undefined) group.evaluations.push(evaluation);
    groups.set(key, group);
  }
  return [...groups.values()];
}

type Group = Choices['groups'][number] & Pick<Runnable['artifact'], 'data'>;

/**
 * What a reader may run of a figure: nothing where what it needs is not committed.
 * @throws Error where the figure shows nothing of the kind
 */
export async function modelChoices(
  drawing: Pick<Drawing, 'panels'> | undefined,
  shows: Runnable['shows'],
  where: string,
): Promise<Group[]> {
  const groups = groupPanels(drawing, shows, where).map(async (shown): Promise<Group> => {
    const { id: experiment, preset, data } = shown.artifact;
    const kind = shows === 'curves' ? 'evaluate' : 'train';
    const evaluations = Object.fromEntries(
      shown.evaluations.map((name) => [name, data.evaluations[name]]),
    );
    const changed = shows === 'curves' ? { evaluations } : {};
    const options = data.trainings
      .filter(({ method }) => shown.models.includes(method))
      .map(async ({ method, seed, steps, until = steps }) => {
        const { name } = methodStyle(architectureOf(data, method));
        const part = until < steps ? `-until-${until}` : '';
        const nodes = [`${kind}/${method}-${seed}${part}`];
        const run = await runOf({ experiment, preset, nodes, changed });
        const value = `${experiment} ${method} ${seed}`;
        return run ? [{ ...run, name: `${name}, seed ${seed}`, value }] : [];
      });
    return {
      title: shown.title,
      experiment,
      preset,
      changed,
      data,
      options: (await Promise.all(options)).flat(),
    };
  });
  return (await Promise.all(groups)).filter(({ options }) => options.length > 0);
}
