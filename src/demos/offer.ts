/** A file that the site serves, by what its bytes hash to. */
export interface Served {
  /** Under the site. Of an artifact, its `data` is meant. */
  path: string;
  sha256: string;
  bytes: number;
}

export type ServedFiles = Record<string, Served>;

/** What a page has to know to run a node: written by the build beside the results. */
export interface Offer {
  /** Of the recorded result. */
  key: string;
  /** What it took, and on what. */
  seconds: number;
  device: string;
  /** Whether it computes on tensors. */
  tensors: boolean;
  /** How far off numbers may be on another device. */
  tolerance: number;
  /** Outputs of each input, by input. */
  inputs: Record<string, ServedFiles>;
  data: ServedFiles;
  outputs: ServedFiles;
}

/** What a page may run of an experiment, by node. */
export type Offers = Record<string, Offer>;

/** Where the site serves them. */
export const offersPath = (experiment: string, preset: string): string =>
  `reruns/${experiment}.${preset}.json`;

/** The site's bytes that a run needs besides its code. */
export function bytesOf({ inputs, data, outputs }: Offer): number {
  const files = [...Object.values(inputs), data, outputs].flatMap((each) => Object.values(each));
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A node to run, with what the reader changed. */
export interface Step {
  node: string;
  changed: Record<string, unknown>;
}
