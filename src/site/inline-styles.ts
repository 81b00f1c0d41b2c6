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

/**
 * A page whose style attributes are classes of a style sheet that its content security policy names by its hash: the
 * policy refuses attributes.
 */
export function withoutInlineStyles(html: string): string {
  const rules = new Map<string, string>();
  const page = html.replaceAll(STYLED, (tag, style: string) => {
    const name = `s-${hash(style, 'hex').slice(0, 8)}`;
    rules.set(name, rule(name, style));
    return withClass(tag, name);
  });
  if (rules.size === 0) return html;
  const sheet = [...rules.values()].join('');
  return page
    .replace('</head>', () => `<style>${sheet}</style></head>`)
    .replace(
      /(<meta http-equiv="content-security-policy" content="[^"]*style-src)/i,
      (policy) => `${policy} 'sha256-${hash(sheet, 'base64')}'`,
    );
}
