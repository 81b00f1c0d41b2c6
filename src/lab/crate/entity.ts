/** A node of the JSON-LD graph. */
export interface Entity {
  '@id': string;
  '@type': string | string[];
  [property: string]: unknown;
}

export const reference = (id: string): { '@id': string } => ({ '@id': id });

export const CRATE = 'https://w3id.org/ro/crate/1.1';
/** What an action of a tool on data is described by; read as of version 0.5. */
export const PROFILE = 'https://w3id.org/ro/wfrun/process/0.5';
export const CONTEXT = [
  `${CRATE}/context`,
  'https://w3id.org/ro/terms/workflow-run/context',
] as const;
export const METADATA = 'ro-crate-metadata.json';
