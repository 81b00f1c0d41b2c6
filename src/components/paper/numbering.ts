import { presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import type { MdastNode } from 'satteri';
import { slug } from '../../site/slug.ts';
import { attribute, parseSection, textOf, walk, wordsIn } from './mdast.ts';
import { ENGLISH } from './english.ts';
import type { Labels } from './english.ts';
import type { SectionKind } from './paper.ts';

export interface Section {
  /** File name without its extension; the address on the page. */
  id: string;
  title: string;
  kind: SectionKind;
  /** MDX source. */
  body: string;
}

type AnchorKind = 'section' | 'figure' | 'table' | 'equation';

/** Something that has a number and an address and can be referred to. */
export interface Anchor {
  /** Address on the page, such as `fig-skewed-linear-regression`. */
  id: string;
  kind: AnchorKind;
  /** `3`, `2.1`, `A`; empty for a front section. */
  number: string;
  /** How a sentence calls it: `Figure 3`, `Section 2.1`, `Appendix A`. */
  label: string;
  /** Title of a section; empty otherwise. */
  title: string;
  /** Id of the section that holds it. */
  section: string;
}

/** Elements that are numbered, by the prefix of their address. */
const ELEMENTS: Record<string, { kind: AnchorKind; prefix: string }> = {
  Figure: { kind: 'figure', prefix: 'fig' },
  LiveFigure: { kind: 'figure', prefix: 'fig' },
  LiveLine: { kind: 'figure', prefix: 'fig' },
  LiveTraining: { kind: 'figure', prefix: 'fig' },
  Diagram: { kind: 'figure', prefix: 'fig' },
  Table: { kind: 'table', prefix: 'tab' },
  Equation: { kind: 'equation', prefix: 'eq' },
};

/** Address of a heading inside a section. */
export const headingId = (section: string, title: string): string => `${section}-${slug(title)}`;

function elementOf(node: MdastNode): { name: string; id: string } | undefined {
  if (node.type === 'math') return node.meta ? { name: 'Equation', id: node.meta } : undefined;
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return undefined;
  const id = attribute(node, 'id');
  return node.name && node.name in ELEMENTS && id ? { name: node.name, id } : undefined;
}

/** Counts what a paper numbers, in the order of reading. */
class Numbering {
  readonly #labels: Labels;
  readonly anchors = new Map<string, Anchor>();
  readonly #counts = { body: 0, appendix: 0, figure: 0, table: 0, equation: 0, section: 0 };

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  add(anchor: Anchor): void {
    if (this.anchors.has(anchor.id)) {
      throw new Error(
        `content/${anchor.section}.mdx: expected ${anchor.id} once in the paper, got it again; ` +
          'give it another id or heading',
      );
    }
    this.anchors.set(anchor.id, anchor);
  }

  section({ id, title, kind }: Section): string {
    if (kind === 'body' || kind === 'appendix') this.#counts[kind] += 1;
    const number = {
      answer: '',
      front: '',
      body: String(this.#counts.body),
      appendix: String.fromCodePoint(64 + this.#counts.appendix),
    }[kind];
    const word = this.#labels[kind === 'appendix' ? 'appendix' : 'section'];
    const label = number ? word.replace('{}', number) : title;
    this.add({ id, kind: 'section', number, label, title, section: id });
    return number;
  }

  heading(section: string, heading: MdastNode, number: string): void {
    const [title, id] = [wordsIn(heading), headingId(section, textOf(heading))];
    const label = number ? this.#labels.section.replace('{}', number) : title;
    this.add({ id, kind: 'section', number, label, title, section });
  }

  element(section: string, name: string, id: string): void {
    const { kind, prefix } = ELEMENTS[name] as (typeof ELEMENTS)[string];
    this.#counts[kind] += 1;
    const number = String(this.#counts[kind]);
    const label = this.#labels[kind].replace('{}', number);
    this.add({ id: `${prefix}-${id}`, kind, number, label, title: '', section });
  }
}

/** Whether an experiment's results are there, at the preset that the page shows first if none is named. */
export type IsRun = (experiment: string, preset?: Preset) => boolean;

/** Whether what is in a node is left out of the page: in `<WhenRun of="…">` of experiments that are not run. */
export function isUnrun(node: MdastNode, isRun: IsRun): boolean {
  if (!('name' in node) || node.name !== 'WhenRun') return false;
  const [of = '', named] = [attribute(node, 'of'), attribute(node, 'preset')];
  const preset = presets.find((one) => one === named);
  if (named !== undefined && !preset)
    throw new Error(
      `<WhenRun of="${of}">: expected one of ${presets.join(', ')} as preset, got ${named}; correct it`,
    );
  return !of.split(' ').every((id) => isRun(id, preset));
}

/**
 * Numbers the sections, their headings of the first level, and the figures, tables and equations
 * that have an id, in the order of reading.
 * @param isRun whether an experiment's results are there: what waits for others has no number
 * @param labels how sentences call what has a number
 * @throws Error for an address that occurs twice
 */
export function numberAnchors(
  sections: readonly Section[],
  isRun: IsRun = () => true,
  labels: Labels = ENGLISH,
): Map<string, Anchor> {
  const numbering = new Numbering(labels);
  for (const section of sections) {
    const number = numbering.section(section);
    let headings = 0;
    for (const node of walk(parseSection(section.body), (one) => isUnrun(one, isRun))) {
      const element = elementOf(node);
      if (element) numbering.element(section.id, element.name, element.id);
      if (node.type !== 'heading' || node.depth !== 3) continue;
      headings += 1;
      numbering.heading(section.id, node, number && `${number}.${headings}`);
    }
  }
  return numbering.anchors;
}
