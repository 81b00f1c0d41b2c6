import { keyOf } from '../lock.ts';
import type { LockEntry } from '../lock.ts';
import { reference } from './entity.ts';
import type { Entity } from './entity.ts';

export const CODE = 'code.tar';

const actionId = (node: string): string => `#run/${node}`;

/**
 * The run of one node as an action of the code: what went in, what came out, when and on what.
 * @param agents who answers for it
 * @param fileOf the crate's file that holds an output of the given hash
 * @param makerOf the id of the output of the given hash, where no file of the crate holds it
 */
export function describeRun(
  node: string,
  entry: LockEntry,
  agents: readonly { '@id': string }[],
  fileOf: (hash: string) => string | undefined,
  makerOf: (hash: string) => string | undefined,
): Entity[] {
  const { parts, runtime, startedAt, seconds, commit, dirty } = entry;
  const id = actionId(node);
  const parameters = [
    property(`${id}/parameters`, 'parameters', JSON.stringify(parts.parameters)),
    ...(parts.seed === null ? [] : [property(`${id}/seed`, 'seed', parts.seed)]),
  ];
  const device = property(
    `${id}/device`,
    'device',
    `${runtime.backend}, ${runtime.adapter}${runtime.software ? ' (software)' : ''}`,
  );
  const inputs = Object.values(parts.inputs)
    .flatMap((files) => Object.values(files))
    .flatMap((hash) => fileOf(hash) ?? makerOf(hash) ?? []);
  const origin = commit === '' ? '' : `, from commit ${commit}${dirty ? ' with changes' : ''}`;
  const action: Entity = {
    '@id': id,
    '@type': 'CreateAction',
    name: `Run of ${node}`,
    description: `Made by key ${keyOf(parts)}${origin}`,
    instrument: reference(CODE),
    agent: agents,
    object: [...parameters.map((p) => reference(p['@id'])), ...inputs.map(reference)],
    result: outputIds(node, entry, fileOf).map(reference),
    environment: [reference(device['@id'])],
    startTime: startedAt,
    endTime: new Date(Date.parse(startedAt) + 1000 * seconds).toISOString(),
    actionStatus: 'http://schema.org/CompletedActionStatus',
  };
  return [action, ...parameters, device, ...missingOutputs(node, entry, fileOf)];
}

const property = (id: string, name: string, value: string | number): Entity => ({
  '@id': id,
  '@type': 'PropertyValue',
  name,
  value,
});

/** The crate's id of an output that is not in it. */
export const outputId = (node: string, name: string): string => `${actionId(node)}/${name}`;

const outputIds = (
  node: string,
  { outputs }: LockEntry,
  fileOf: (hash: string) => string | undefined,
): string[] => Object.entries(outputs).map(([name, hash]) => fileOf(hash) ?? outputId(node, name));

/** Outputs that are known by hash alone: what reads them is in the crate, they are not. */
function missingOutputs(
  node: string,
  { outputs }: LockEntry,
  fileOf: (hash: string) => string | undefined,
): Entity[] {
  return Object.entries(outputs)
    .filter(([, hash]) => fileOf(hash) === undefined)
    .map(([name, hash]) => ({
      '@id': outputId(node, name),
      '@type': 'CreativeWork',
      name: `${name} of ${node}`,
      description: 'An intermediate result that is made again when needed; not in this crate',
      sha256: hash,
    }));
}
