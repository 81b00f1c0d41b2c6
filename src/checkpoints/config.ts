import { fault, quoted } from './fault.ts';
import { type JsonObject, readJson, repeatedKeys } from './json.ts';
import type { Source } from './source.ts';

/** A key of a configuration that was not used, and why. */
export interface Ignored {
  readonly key: string;
  readonly value: unknown;
  readonly why: string;
}

interface Key<T> {
  /** Names that older or converted configurations give the same thing: used only where `name` is absent. */
  readonly aliases?: readonly string[];
  /** Where no name is there, or the value is null. */
  readonly missing?: T;
}

/**
 * Reads a model's `config.json`. Converted ones carry stale duplicates (`d_model` beside
 * `hidden_size`, of another model): the first name asked for decides, and what disagrees is reported.
 * @throws CheckpointError where it is absent, a web page, a Git LFS pointer or no JSON
 */
export async function readConfig(source: Source, path = 'config.json'): Promise<Config> {
  const { where, values, text } = await readJson(source, path);
  const repeated = repeatedKeys(text).map((key) => ({
    key,
    value: undefined,
    why: 'it is there more than once; the last one counts',
  }));
  return new Config(where, values, repeated);
}

export class Config {
  readonly where: string;
  /** All keys, as they are. */
  readonly values: JsonObject;
  readonly #ignored: Ignored[];

  constructor(where: string, values: JsonObject, ignored: readonly Ignored[] = []) {
    this.where = where;
    this.values = values;
    this.#ignored = [...ignored];
  }

  /** What was not used so far, each once. */
  get ignored(): readonly Ignored[] {
    return this.#ignored;
  }

  /** `model_type`, or what the first of `architectures` starts with, in lower case. */
  get architecture(): string {
    const { model_type: type, architectures } = this.values;
    if (typeof type === 'string') return type;
    const first: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
    const name = typeof first === 'string' ? /^[A-Z][a-z0-9]*/.exec(first)?.[0] : undefined;
    if (name === undefined)
      fault(this.where, 'a model_type', 'none', 'add one, such as "mamba", or take another file');
    return name.toLowerCase();
  }

  /** A whole number, zero or more. */
  count = (name: string, key: Key<number> = {}): number => this.#get(name, 'a count', isCount, key);

  number = (name: string, key: Key<number> = {}): number =>
    this.#get(name, 'a number', (value) => typeof value === 'number', key);

  boolean = (name: string, key: Key<boolean> = {}): boolean =>
    this.#get(name, 'true or false', (value) => typeof value === 'boolean', key);

  text = (name: string, key: Key<string> = {}): string =>
    this.#get(name, 'a text', (value) => typeof value === 'string', key);

  #get<T>(
    name: string,
    what: string,
    fits: (value: unknown) => value is T,
    { aliases = [], missing }: Key<T>,
  ): T {
    const present = [name, ...aliases].filter((key) => (this.values[key] ?? null) !== null);
    const [used, ...others] = present;
    if (used === undefined && missing !== undefined) return missing;
    const value = this.values[used ?? name];
    if (!fits(value)) {
      const keys = [name, ...aliases].join(' or ');
      fault(
        this.where,
        `${what} for ${keys}`,
        described(value),
        'correct it, or take another file',
      );
    }
    others.filter((key) => this.values[key] !== value).forEach((key) => this.#ignore(key, used));
    return value;
  }

  #ignore(key: string, used: string | undefined): void {
    if (this.#ignored.some((ignored) => ignored.key === key)) return;
    const why = `${used} says ${described(this.values[used ?? ''])}`;
    this.#ignored.push({ key, value: this.values[key], why });
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

const described = (value: unknown): string =>
  value === undefined ? 'none' : quoted(JSON.stringify(value)).slice(1, -1);
