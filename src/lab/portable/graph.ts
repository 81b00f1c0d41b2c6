import type { Preset } from '../../artifacts/artifact.ts';
import type { Experiment, Node } from '../experiment.ts';

/** The last node of an experiment's graph. */
export function graphOf(experiment: Experiment, preset: Preset): Node {
  const parameters = experiment.presets[preset];
  if (parameters === undefined) {
    const known = Object.keys(experiment.presets).join(', ');
    throw new Error(
      `${experiment.id}: expected a preset of ${known}, got ${preset}; choose one of them`,
    );
  }
  return experiment.graph(parameters, preset);
}

/** The nodes below `root` and itself, inputs first. */
export function nodesOf(root: Node): Node[] {
  const order: Node[] = [];
  const visit = (node: Node): void => {
    const same = order.find(({ id }) => id === node.id);
    if (same === node) return;
    if (same) throw new Error(`lab: expected unique node ids, got ${node.id} twice; rename one`);
    Object.values(node.inputs).forEach(visit);
    order.push(node);
  };
  visit(root);
  return order;
}
