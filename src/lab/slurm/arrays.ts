import { duration } from '../display.ts';
import type { Resources } from '../experiment.ts';
import type { PlannedNode } from '../plan.ts';

/** Nodes that Slurm takes as one array job. */
export interface JobArray {
  resources: Resources;
  /** By array index. */
  tasks: Map<number, PlannedNode>;
  /**
   * Arrays to wait for. With `each`, a task starts when the one of the same index has succeeded; without,
   * once all have ended, however they ended.
   */
  after: { arrays: JobArray[]; each: boolean };
}

/** Slurm's default MaxArraySize allows indices up to 1000. */
const MOST = 1000;

/**
 * Groups nodes into array jobs, inputs first. A node of one input gets its input's index in an array that
 * follows the input's, so that no training waits for another's evaluation.
 */
export function arraysOf(nodes: readonly PlannedNode[]): JobArray[] {
  const arrays = new Map<string, JobArray>();
  const places = new Map<PlannedNode, { array: JobArray; index: number }>();
  for (const planned of nodes) {
    const above = [...new Set(Object.values(planned.inputs))].flatMap((input) => {
      const place = places.get(input);
      return place ? [place] : [];
    });
    const after = {
      arrays: [...new Set(above.map(({ array }) => array))],
      each: above.length === 1,
    };
    const resources = planned.node.resources ?? {};
    const index = after.each ? (above[0]?.index as number) : undefined;
    const array = placeFor(arrays, { resources, after }, index);
    const own = index ?? array.tasks.size;
    array.tasks.set(own, planned);
    places.set(planned, { array, index: own });
  }
  return [...arrays.values()];
}

/** The first array of the kind in which the index, or any where there is none, is free. */
function placeFor(
  arrays: Map<string, JobArray>,
  kind: Pick<JobArray, 'resources' | 'after'>,
  index: number | undefined,
): JobArray {
  const order = [...arrays.values()];
  const above = kind.after.arrays.map((array) => order.indexOf(array));
  for (let copy = 0; ; copy++) {
    const name = JSON.stringify([kind.resources, kind.after.each, above, copy]);
    const array = arrays.get(name) ?? { ...kind, tasks: new Map<number, PlannedNode>() };
    arrays.set(name, array);
    const free = index === undefined ? array.tasks.size < MOST : !array.tasks.has(index);
    if (free) return array;
  }
}

/** Rows of a table: what Slurm would be sent, and asked for. */
export function describeArrays(arrays: readonly JobArray[]): string[][] {
  const rows = arrays.map(({ tasks, resources, after }, number) => {
    const [first, ...more] = [...tasks.values()].map(({ id }) => id);
    const above = after.arrays.map((array) => arrays.indexOf(array) + 1).join(', ');
    return [
      String(number + 1),
      `${first}${more.length > 0 ? ` and ${more.length} more` : ''}`,
      describeResources(resources),
      above === '' ? '' : `${after.each ? 'each after its own of' : 'after all of'} ${above}`,
    ];
  });
  return [['array', 'jobs', 'asks for', ''], ...rows];
}

function describeResources({ gpus, cpus, memoryGb, minutes }: Resources): string {
  const asked = [
    gpus === undefined ? '' : `${gpus} GPU`,
    cpus === undefined ? '' : `${cpus} ${cpus === 1 ? 'core' : 'cores'}`,
    memoryGb === undefined ? '' : `${memoryGb} GB`,
    minutes === undefined ? '' : duration(60 * minutes),
  ].filter((text) => text !== '');
  return asked.join(', ') || "the cluster's defaults";
}
