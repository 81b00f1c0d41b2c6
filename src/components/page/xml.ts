const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c] as string);

/** The addresses of a site, for crawlers. */
export const sitemap = (urls: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n` +
  `${urls.map((url) => `  <url><loc>${escape(url)}</loc></url>\n`).join('')}</urlset>\n`;

interface FeedEntry {
  /** Permanent and unique. */
  url: string;
  title: string;
  /** ISO 8601, with time. */
  updated: string;
  summary: string;
}

/** An Atom feed; its own address is `url`. */
export function atom(
  url: string,
  title: string,
  author: string,
  entries: readonly FeedEntry[],
): string {
  const items = entries.map(
    (entry) =>
      `  <entry>\n    <id>${escape(entry.url)}</id>\n    <title>${escape(entry.title)}</title>\n` +
      `    <link href="${escape(entry.url)}"/>\n    <updated>${entry.updated}</updated>\n` +
      `    <summary>${escape(entry.summary)}</summary>\n  </entry>\n`,
  );
  const updated =
    entries
      .map((entry) => entry.updated)
      .sort()
      .at(-1) ?? '';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n` +
    `  <id>${escape(url)}</id>\n  <title>${escape(title)}</title>\n  <link rel="self" href="${escape(url)}"/>\n` +
    `  <updated>${updated}</updated>\n  <author><name>${escape(author)}</name></author>\n` +
    `${items.join('')}</feed>\n`
  );
}
