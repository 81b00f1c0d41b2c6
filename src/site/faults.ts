import { attribute, childrenOf, parseSection, walk } from '../components/paper/mdast.ts';
import type { MdastNode } from 'satteri';
import { mathml } from './tex.ts';

export interface Fault {
  line: number;
  message: string;
}

/** Two words in a row that are no command and not set as text: prose that stands between the signs of two prices. */
const isProse = (tex: string): boolean =>
  /(?<![\\\p{L}])\p{L}{2,}[\s,]+\p{L}{2,}(?!\p{L})/u.test(
    tex.replaceAll(/\\(?:text\w*|mathrm|mathsf|mbox|operatorname\*?)\s*\{[^}]*\}/g, ''),
  );

const message = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

function formulaFault(node: MdastNode, source: string): string | undefined {
  if (node.type !== 'math' && node.type !== 'inlineMath') return undefined;
  const raw = source.slice(node.position?.start.offset, node.position?.end.offset);
  const after = source.slice(node.position?.end.offset, (node.position?.end.offset ?? 0) + 1);
  if (node.type === 'inlineMath' && /^\$[^$]/.test(raw)) {
    const inside = raw.slice(1, -1);
    const isLoose = /^\s/.test(inside) !== /\s$/.test(inside);
    if (isLoose || /\d/.test(after) || isProse(inside))
      return `expected a formula between dollars, got ${raw}; write \\$ for a dollar, \\text{…} for words in a formula`;
  }
  try {
    mathml(node.value, node.type === 'math');
    return undefined;
  } catch (error) {
    return message(error);
  }
}

const isRemote = (address: string): boolean => /^(https?:)?\/\//i.test(address);

/** Attributes by which elements bring something into the page. */
const BROUGHT: Record<string, readonly string[]> = {
  img: ['src', 'srcset'],
  image: ['href'],
  source: ['src', 'srcset'],
  video: ['src', 'poster'],
  audio: ['src'],
  iframe: ['src'],
  embed: ['src'],
  object: ['data'],
  script: ['src'],
  link: ['href'],
};

interface Addresses {
  /** Of what is shown. */
  brought: string[];
  /** Of what a reader may go to. */
  linked: string[];
}

function addressesOf(node: MdastNode, definitions: ReadonlyMap<string, string>): Addresses {
  const one = (address: string | undefined): string[] => (address ? [address] : []);
  if (node.type === 'image') return { brought: [node.url], linked: [] };
  if (node.type === 'imageReference')
    return { brought: one(definitions.get(node.identifier)), linked: [] };
  if (node.type === 'link') return { brought: [], linked: [node.url] };
  if (node.type === 'linkReference')
    return { brought: [], linked: one(definitions.get(node.identifier)) };
  const name = 'name' in node && typeof node.name === 'string' ? node.name : '';
  const brought = (BROUGHT[name] ?? []).flatMap((key) => one(attribute(node, key)));
  return { brought, linked: name === 'a' ? one(attribute(node, 'href')) : [] };
}

function addressFaults({ brought, linked }: Addresses, base: string): string[] {
  const outside = (address: string): boolean =>
    address.startsWith('/') && !address.startsWith('//') && !address.startsWith(base);
  return [
    ...brought
      .filter((address) => isRemote(address) || /,\s*(https?:)?\/\//i.test(address))
      .map(
        (address) =>
          `expected an image or file of this site, got ${address}; a page asks no other site for anything: ` +
          'put the file beside the section and name it ./…',
      ),
    ...[...brought, ...linked]
      .filter(outside)
      .map(
        (address) =>
          `expected an address without a slash before it, got ${address}; under ${base} it leads out of the site: ` +
          `write ${address.slice(1) || './'}`,
      ),
  ];
}

/** Text that stands for a note that is not there. */
const lostNotes = (node: MdastNode): string[] =>
  node.type === 'text'
    ? [...node.value.matchAll(/\[\^[^\]\s]+\]/g)].map(
        ([mark]) => `expected a note under ${mark}, got none; write ${mark}: and what it says`,
      )
    : [];

function noteFaults(node: MdastNode, referred: ReadonlySet<string>): string[] {
  if (node.type !== 'footnoteDefinition') return lostNotes(node);
  const odd = childrenOf(node).find(({ type }) => type !== 'paragraph');
  return [
    ...(referred.has(node.identifier)
      ? []
      : [`expected [^${node.label}] in a sentence, got only the note; refer to it or remove it`]),
    ...(odd ? [`expected paragraphs in a note, got ${odd.type}; move it into the text`] : []),
  ];
}

function tableFaults(node: MdastNode): Fault[] {
  if (node.type !== 'table') return [];
  const [head, ...rows] = childrenOf(node);
  const columns = head ? childrenOf(head).length : 0;
  return rows
    .filter((row) => childrenOf(row).length > columns)
    .map((row) => ({
      line: row.position?.start.line ?? 0,
      message: `expected ${columns} cells, got ${childrenOf(row).length}; write \\| for a bar in a cell`,
    }));
}

/**
 * What in a section would be shown wrongly or not at all.
 * @param source of the MDX file
 * @param base path under which the site is served
 */
export function faultsOf(source: string, base: string): Fault[] {
  // Front matter keeps its lines, so that those after it keep their numbers.
  const body = source.replace(/^---\n.*?\n---(?=\n|$)/s, (front) => front.replaceAll(/[^\n]/g, ''));
  const nodes = [...walk(parseSection(body))];
  const definitions = new Map(
    nodes.flatMap((node) =>
      node.type === 'definition' ? [[node.identifier, node.url] as const] : [],
    ),
  );
  const referred = new Set(
    nodes.flatMap((node) => (node.type === 'footnoteReference' ? [node.identifier] : [])),
  );
  return nodes.flatMap((node) => {
    const messages = [
      formulaFault(node, body) ?? [],
      addressFaults(addressesOf(node, definitions), base),
      noteFaults(node, referred),
    ].flat();
    const line = node.position?.start.line ?? 0;
    return [...messages.map((text) => ({ line, message: text })), ...tableFaults(node)];
  });
}
