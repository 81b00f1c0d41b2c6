import { createHash } from 'node:crypto';

type Entity = Record<string, unknown> & { '@id': string; '@type': string | string[] };

const RO_CRATE = 'https://w3id.org/ro/crate/1.1';
const PROCESS = 'https://w3id.org/ro/wfrun/process/';
const METADATA = 'ro-crate-metadata.json';
const ACTIONS = ['CreateAction', 'ActivateAction', 'UpdateAction'];
const TOOLS = ['SoftwareApplication', 'SoftwareSourceCode', 'ComputationalWorkflow'];
const DATA = ['File', 'Dataset', 'Collection', 'CreativeWork', 'PropertyValue'];
const STATES = ['Completed', 'Failed', 'Active', 'Potential'].map(
  (name) => `http://schema.org/${name}ActionStatus`,
);
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

const listOf = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];

const typesOf = (entity: Entity | undefined): unknown[] => listOf(entity?.['@type']);

const idsIn = (value: unknown): string[] =>
  listOf(value).flatMap((item) =>
    typeof item === 'object' && item !== null && '@id' in item ? [String(item['@id'])] : [],
  );

/**
 * What a crate lacks of RO-Crate 1.1 (metadata descriptor, root data entity, data entities, flat JSON-LD) and
 * of Process Run Crate 0.5 (profile, actions, tools), their MUST and most of their SHOULD; and files that do
 * not match their description.
 */
export function crateFaults(files: Readonly<Record<string, Uint8Array>>): string[] {
  const text = new TextDecoder().decode(files[METADATA]);
  const crate = JSON.parse(text) as { '@context': unknown; '@graph': Entity[] };
  const graph = new Map(crate['@graph'].map((entity) => [entity['@id'], entity]));
  const faults: string[] = [];
  const expect = (holds: boolean, what: string): void => void (holds || faults.push(what));
  expect(listOf(crate['@context']).includes(`${RO_CRATE}/context`), 'context of RO-Crate 1.1');
  expect(graph.size === crate['@graph'].length, 'unique @id');
  faults.push(...structureFaults(crate['@graph'], graph));
  const root = graph.get('./');
  const descriptor = graph.get(METADATA);
  expect(typesOf(descriptor).includes('CreativeWork'), 'descriptor is a CreativeWork');
  expect(idsIn(descriptor?.['about']).join() === './', 'descriptor is about ./');
  expect(idsIn(descriptor?.['conformsTo']).includes(RO_CRATE), 'descriptor conforms to RO-Crate');
  expect(typesOf(root).includes('Dataset'), 'root is a Dataset');
  for (const name of ['name', 'description'])
    expect(typeof root?.[name] === 'string' && root[name] !== '', `root has a ${name}`);
  expect(TIME.test(String(root?.['datePublished'])), 'root has an ISO datePublished');
  expect(idsIn(root?.['license']).length === 1, 'root has a license');
  faults.push(...fileFaults(files, graph, idsIn(root?.['hasPart'])));
  const profiles = idsIn(root?.['conformsTo']).filter((id) => id.startsWith(PROCESS));
  expect(profiles.length === 1, 'root conforms to Process Run Crate');
  for (const id of profiles) {
    const profile = graph.get(id);
    expect(typesOf(profile).includes('CreativeWork'), 'profile is a CreativeWork');
    expect(id.endsWith(String(profile?.['version'])), 'profile has its version');
  }
  const actions = crate['@graph'].filter((entity) =>
    typesOf(entity).some((type) => ACTIONS.includes(String(type))),
  );
  expect(actions.length > 0, 'an action');
  const mentioned = new Set(idsIn(root?.['mentions']));
  for (const action of actions) {
    expect(mentioned.has(action['@id']), `root mentions ${action['@id']}`);
    faults.push(...actionFaults(action, graph));
  }
  return faults;
}

function structureFaults(entities: Entity[], graph: ReadonlyMap<string, Entity>): string[] {
  return entities.flatMap((entity) =>
    Object.entries(entity).flatMap(([property, value]) => {
      if (property === '@type')
        return listOf(value).length > 0 ? [] : [`${entity['@id']} no @type`];
      return listOf(value).flatMap((item) => {
        if (typeof item !== 'object' || item === null) return [];
        if (Object.keys(item).join() !== '@id') return [`${entity['@id']} ${property} is nested`];
        const [id = ''] = idsIn(item);
        const known = graph.has(id) || id === RO_CRATE;
        return known ? [] : [`${entity['@id']} ${property} names ${id}, which is not described`];
      });
    }),
  );
}

function fileFaults(
  files: Readonly<Record<string, Uint8Array>>,
  graph: ReadonlyMap<string, Entity>,
  parts: string[],
): string[] {
  const described = [...graph.values()].filter((entity) => typesOf(entity).includes('File'));
  const names = new Set(described.map((entity) => entity['@id']));
  const undescribed = Object.keys(files).filter((name) => name !== METADATA && !names.has(name));
  return [
    ...undescribed.map((name) => `${name} is not described`),
    ...described.flatMap((entity) => {
      const [id, bytes] = [entity['@id'], files[entity['@id']]];
      if (!parts.includes(id)) return [`root does not have the part ${id}`];
      if (!bytes) return [`${id} is not in the crate`];
      if (entity['contentSize'] !== String(bytes.length)) return [`${id} has another size`];
      const hash = createHash('sha256').update(bytes).digest('hex');
      return entity['sha256'] === hash ? [] : [`${id} has another hash`];
    }),
  ];
}

function actionFaults(action: Entity, graph: ReadonlyMap<string, Entity>): string[] {
  const id = action['@id'];
  const isOneOf = (types: string[]) => (target: string) =>
    typesOf(graph.get(target)).some((type) => types.includes(String(type)));
  const tools = idsIn(action['instrument']);
  const agents = idsIn(action['agent']);
  const used = [...idsIn(action['object']), ...idsIn(action['result'])];
  const [start, end] = [action['startTime'], action['endTime']].map(String);
  const checks: [boolean, string][] = [
    [tools.length > 0 && tools.every(isOneOf(TOOLS)), 'instrument'],
    [agents.length > 0 && agents.every(isOneOf(['Person', 'Organization'])), 'agent'],
    [idsIn(action['result']).length > 0, 'result'],
    [used.every(isOneOf(DATA)), 'data it used or made'],
    [TIME.test(start ?? '') && TIME.test(end ?? ''), 'ISO times'],
    [Date.parse(start ?? '') <= Date.parse(end ?? ''), 'an end after its start'],
    [STATES.includes(String(action['actionStatus'])), 'actionStatus'],
    [typeof action['name'] === 'string' && typeof action['description'] === 'string', 'name'],
  ];
  return checks.filter(([holds]) => !holds).map(([, what]) => `${id} has no ${what}`);
}
