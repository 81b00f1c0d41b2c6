import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Citeproc from '@citeproc-rs/wasm';
import { OTHERS } from './csl-item.ts';
import type { CslItem } from './csl-item.ts';

// Its build for Node is CommonJS and reads its WebAssembly from beside itself, so that it cannot be bundled.
const require = createRequire(join(process.cwd(), 'package.json'));
const { Driver } = require('@citeproc-rs/wasm') as typeof Citeproc;

/** How a sentence cites: keys separated by spaces, in brackets or as part of the sentence. */
export interface Citation {
  of: string;
  textual: boolean;
}

export interface Cited {
  /** Markup of a citation. @throws Error for one that was not asked for */
  cite(citation: Citation): string;
  /** Entries of the list of references in the style's order, as markup. */
  list: { key: string; html: string }[];
}

/** Marks of where a cite and a title begin and end, which the processor carries along as letters. */
const [CITE, CITE_NAMED, CITE_END, TITLE, TITLE_END] = [
  '\uE000',
  '\uE001',
  '\uE002',
  '\uE010',
  '\uE011',
];

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Address of a reference on the page. */
const referenceHref = (key: string): string =>
  `#ref-${key.replaceAll(/[%\s"<>\\^`{|}]/g, encodeURIComponent)}`;

const linked = (key: string, html: string): string =>
  `<a class="cite" href="${escape(referenceHref(key))}">${html}</a>`;

const withOthers = (html: string): string =>
  html.replaceAll(
    new RegExp(String.raw`(?:[\s,;]|&amp;|\band\b)*${OTHERS}(?:[^${OTHERS}]*${OTHERS})?`, 'g'),
    ' et al.',
  );

const withLinks = (html: string, keys: readonly string[]): string =>
  html
    .replaceAll(
      new RegExp(
        String.raw`${CITE}(\d+)${CITE_NAMED}\s*([^${CITE_END}]*?)\s*${CITE_END}\s*(?=([;,)\]]?))`,
        'g',
      ),
      (_, index: string, text: string, next: string) =>
        linked(keys[Number(index)] ?? '', text) + (next === '' ? ' ' : ''),
    )
    .trim();

function withTitle(html: string, url: string | undefined): string {
  const mark = new RegExp(`${TITLE}([^${TITLE_END}]*)${TITLE_END}(\\.?)`, 'g');
  return html.replaceAll(mark, (_, title: string, stop: string) => {
    const link = url ? `<a href="${escape(url)}">${title}</a>` : title;
    return /[?!.…]$/.test(title) ? link : link + stop;
  });
}

const idOf = ({ of, textual }: Citation): string => `${textual ? 'textual' : 'bracketed'} ${of}`;

interface Cluster {
  id: string;
  cites: { id: string; prefix?: string; suffix?: string }[];
  mode?: 'Composite';
}

/** Clusters of the processor: one a citation, but for each work of a textual one. */
function clustersOf(citations: readonly Citation[]): Cluster[] {
  const single = (key: string): Cluster => ({
    id: idOf({ of: key, textual: true }),
    cites: [{ id: key }],
    mode: 'Composite',
  });
  const together = (citation: Citation): Cluster => ({
    id: idOf(citation),
    cites: citation.of.split(' ').map((id, i) => ({
      id,
      prefix: `${CITE}${i}${CITE_NAMED}`,
      suffix: CITE_END,
    })),
  });
  const all = citations.flatMap((citation) =>
    citation.textual ? citation.of.split(' ').map(single) : [together(citation)],
  );
  return [...new Map(all.map((cluster) => [cluster.id, cluster])).values()];
}

/** A style of the Citation Style Language and where its words in other languages are. */
export interface Style {
  csl: string;
  /** Its name in errors. */
  file: string;
  /** The words of a language, such as `de-DE`, as CSL's locale file; American English is built in. */
  locale(language: string): Promise<string | undefined>;
}

async function driverOf({ csl, file, locale }: Style): Promise<Citeproc.Driver> {
  // Null is what its documentation says for a language that is not there; its types leave it out.
  const fetchLocale = async (language: string) => (await locale(language)) ?? null;
  const fetcher = { fetchLocale } as Citeproc.Fetcher;
  try {
    const driver = new Driver({ style: csl, format: 'html', fetcher });
    await driver.fetchLocales();
    return driver;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new Error(`${file}: expected an independent style of CSL 1.0, got ${reason}`, {
      cause: error,
    });
  }
}

/** Markup of what a style makes of citations and of the works that they name. */
async function render(style: Style, items: readonly CslItem[], citations: readonly Citation[]) {
  const driver = await driverOf(style);
  try {
    const marked = items.map((item) => ({ ...item, title: TITLE + item.title + TITLE_END }));
    driver.insertReferences(marked);
    const clusters = clustersOf(citations);
    driver.initClusters(clusters);
    driver.setClusterOrder(clusters.map(({ id }) => ({ id })));
    driver.includeUncited('All');
    const { allClusters, bibEntries } = driver.fullRender();
    // Its types promise a map.
    return { clusters: allClusters as unknown as Record<string, string>, bibEntries };
  } finally {
    driver.free();
  }
}

/**
 * Citations and their list by a style of the Citation Style Language.
 * @param items the works cited
 * @param urls where each can be read, by key
 * @param citations in the order of reading
 */
export async function formatCitations(
  style: Style,
  items: readonly CslItem[],
  urls: ReadonlyMap<string, string | undefined>,
  citations: readonly Citation[],
): Promise<Cited> {
  const { clusters, bibEntries } = await render(style, items, citations);
  const clusterOf = (citation: Citation): string => {
    const html = clusters[idOf(citation)];
    if (html !== undefined) return withTitle(withOthers(html), undefined);
    throw new Error(`citation: expected ${citation.of} among those of the sections, got another`);
  };
  return {
    cite({ of, textual }) {
      const keys = of.split(' ');
      if (!textual) return withLinks(clusterOf({ of, textual }), keys);
      return keys.map((key) => linked(key, clusterOf({ of: key, textual }))).join(', ');
    },
    list: bibEntries.map(({ id, value }) => ({
      key: id,
      html: withTitle(withOthers(value), urls.get(id)),
    })),
  };
}
