import { meanAccuracy } from '../../../artifacts/hendel.ts';
import type { DataTable } from '../../drawing/drawing.ts';
import { tableAlong } from '../../drawing/table.ts';
import { ascending } from '../../drawing/values.ts';
import { formatInteger } from '../../format.ts';
import { SHOTS, shotsOf, swept, tasksAt } from './facts.ts';
import type { Measured } from './facts.ts';

export const bySize = (models: Measured['all']) =>
  models.toSorted((a, b) => a.parameters - b.parameters);

export const wordOf = ({ model, isPublished }: Measured['all'][number]): string =>
  isPublished ? `${model}, published` : model;

export const sizeTable = ({ all }: Measured): DataTable =>
  tableAlong({
    title: 'Mean accuracy over 18 tasks, by size',
    head: {
      columns: ['model', 'parameters'],
      of: (model) => [wordOf(model), formatInteger(model.parameters)],
    },
    places: bySize(all),
    series: [0, SHOTS].map((shots) => ({
      name: shots === 0 ? 'no examples' : `${shots} examples`,
      at: (model) => meanAccuracy(model, shots),
    })),
  });

export const shotsTable = (
  { all }: Measured,
  title: string,
  tasks?: readonly number[],
): DataTable =>
  tableAlong({
    title,
    head: {
      columns: ['examples', ...(tasks ? [] : ['tasks'])],
      of: (shots) => [
        String(shots),
        ...(tasks ? [] : [String(Math.max(...all.map((model) => tasksAt(model, shots))))]),
      ],
    },
    places: ascending(swept(all).flatMap(shotsOf)),
    series: swept(all).map((model) => ({
      name: wordOf(model),
      at: (shots) => meanAccuracy(model, shots, tasks),
    })),
  });

/** Every accuracy of every task, for the CSV. */
export const rowsOf = ({ data, all }: Measured): (string | number)[][] =>
  all.flatMap(({ model, isPublished, parameters, accuracies }) =>
    accuracies.flatMap(({ shots, byTask }) =>
      byTask.flatMap((accuracy, task) =>
        accuracy === null
          ? []
          : [
              [
                model,
                isPublished ? 'published' : 'here',
                parameters,
                shots,
                data.tasks[task]!,
                accuracy,
              ],
            ],
      ),
    ),
  );
