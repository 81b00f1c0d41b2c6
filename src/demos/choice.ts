import type { Preset } from '../artifacts/artifact.ts';
import { BACKEND_NAMES } from '../runtime/runtime.ts';
import type { Job } from './messages.ts';
import type { Step } from './offer.ts';

/** A run that the build offers, as its option carries it. */
export interface OfferedRun {
  /** Of the recorded result of the first node: its beginning. */
  key: string;
  nodes: string[];
  /** What it took, on what, and what it loads. */
  seconds: number;
  device: string;
  bytes: number;
}

/** What offered runs share. */
export interface RunGroup {
  experiment: string;
  preset: Preset;
  /** Parameters of the first node that the figure asks for: less than was recorded. */
  changed: Record<string, unknown>;
}

/** What a reader chose. */
export interface Choice {
  job: Job;
  /** What it took where it was recorded, in seconds, for as much work; unknown of parameters of the reader's own. */
  seconds: number;
  device: string;
  bytes: number;
  /** Parameters that no record may speak of. */
  own: Record<string, unknown>;
}

const json = <Value>(text: string | undefined): Value => JSON.parse(text ?? '{}') as Value;

/** The chosen option of a select, where there is one. */
const selected = (form: HTMLFormElement, name: string): HTMLOptionElement | undefined => {
  const select = form.elements.namedItem(name);
  return select instanceof HTMLSelectElement ? select.selectedOptions[0] : undefined;
};

const varied = (form: HTMLFormElement): HTMLInputElement[] => [
  ...form.querySelectorAll<HTMLInputElement>('input[data-parameter]'),
];

/** Parameters in the page's address, such as `?vary.k=[0,1]`: those without a control of their own too. */
function inAddress(): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(location.search))
    if (name.startsWith('vary.')) found[name.slice('vary.'.length)] = json(value);
  return found;
}

/** The backend of `?backend=wasm`. */
export function askedBackend(): Pick<Job, 'backend'> {
  const name = new URLSearchParams(location.search).get('backend');
  const backend = BACKEND_NAMES.find((known) => known === name);
  return backend ? { backend } : {};
}

export function readChoice(form: HTMLFormElement, groups: readonly RunGroup[]): Choice {
  const option = selected(form, 'model');
  const run = json<OfferedRun>(option?.dataset['run']);
  const group = groups[Number(option?.dataset['group'] ?? 0)]!;
  const part = selected(form, 'part');
  const own = Object.fromEntries(
    varied(form)
      .filter(({ value, defaultValue }) => value !== defaultValue)
      .map(({ dataset, valueAsNumber }) => [dataset['parameter'], valueAsNumber]),
  ) as Record<string, unknown>;
  const changed = {
    ...group.changed,
    ...json<object>(part?.dataset['changed']),
    ...inAddress(),
    ...own,
  };
  const steps = run.nodes.map((node, i): Step => ({ node, changed: i === 0 ? changed : {} }));
  const { experiment, preset } = group;
  const site = new URL(form.dataset['site'] ?? '', location.href).href;
  const job: Job = { experiment, preset, site, key: run.key, steps, ...askedBackend() };
  const seconds = run.seconds * Number(part?.dataset['share'] ?? 1);
  return { job, seconds, device: run.device, bytes: run.bytes, own };
}

/** Sets the controls to what the page's address asks of them. */
export function fromAddress(id: string, form: HTMLFormElement): void {
  const asked = new URLSearchParams(location.search);
  if (asked.get('run') !== id) return;
  for (const control of controls(form)) {
    const value = asked.get(control.name);
    if (value !== null) control.value = value;
  }
}

/** Puts the state of the controls into the page's address, for whoever is sent it. */
export function toAddress(id: string, form: HTMLFormElement): void {
  const url = new URL(location.href);
  url.searchParams.set('run', id);
  for (const { name, value } of controls(form)) url.searchParams.set(name, value);
  history.replaceState(history.state, '', url);
}

const controls = (form: HTMLFormElement): (HTMLSelectElement | HTMLInputElement)[] => [
  ...form.querySelectorAll('select'),
  ...varied(form),
];
