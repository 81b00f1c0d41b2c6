import { createHash } from 'node:crypto';

const ATTRIBUTE = String.raw`\s+[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>]+))?`;
const STYLED = new RegExp(
  String.raw`<[a-z][a-z0-9-]*(?:${ATTRIBUTE})*?\s+style="([^"]*)"(?:${ATTRIBUTE})*\s*/?>`,
  'gi',
);

const hash = (text: string, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(text).digest(encoding);

/** A style attribute wins over every selector without !important, and so must the class in its place. */
const rule = (name: string, style: string): string =>
  `.${name}:not(#\\#){${style.replaceAll('&quot;', '"').replaceAll('&amp;', '&')}}`;

function withClass(tag: string, name: string): string {
  const bare = tag.replace(/\s+style="[^"]*"/i, '');
  return /\sclass="/i.test(bare)
    ? bare.replace(/(\sclass=")/i, `$1${name} `)
    : bare.replace(/^(<[a-z][a-z0-9-]*)/i, `$1 class="${name}"`);
}

const SHEET = /<style(?:\s[^>]*)?>([^<]*)<\/style>/g;

/** A page whose content security policy names every style sheet in it by its hash. */
function withHashes(html: string): string {
  const hashes = [...html.matchAll(SHEET)].map(([, sheet]) => `'sha256-${hash(sheet!, 'base64')}'`);
  return html.replace(
    /(<meta http-equiv="content-security-policy" content="[^"]*style-src)([^;"]*)/i,
    (_, before: string, known: string) =>
      [before + known, ...new Set(hashes.filter((one) => !known.includes(one)))].join(' '),
  );
}

/**
 * A page whose style attributes are classes of a style sheet, and whose content security policy names each of its
 * sheets by its hash: the policy refuses attributes, and sheets that it does not name.
 */
export function withStylesHashed(html: string): string {
  const rules = new Map<string, string>();
  const page = html.replaceAll(STYLED, (tag, style: string) => {
    const name = `s-${hash(style, 'hex').slice(0, 8)}`;
    rules.set(name, rule(name, style));
    return withClass(tag, name);
  });
  const sheet = [...rules.values()].join('');
  return withHashes(
    sheet === '' ? page : page.replace('</head>', () => `<style>${sheet}</style></head>`),
  );
}
