import { createHash } from 'node:crypto';

const TAG = /<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.(?:js|css))"[^>]*>/g;

/** Value of an `integrity` attribute. */
export const integrity = (content: Uint8Array): string =>
  `sha384-${createHash('sha384').update(content).digest('base64')}`;

/**
 * Adds to each script and style sheet of a page the hash of its content, so that a browser refuses
 * any other.
 * @param hashOf the hash by address
 */
export const withIntegrity = (html: string, hashOf: (address: string) => string): string =>
  html.replaceAll(TAG, (tag, address: string) =>
    tag.includes('integrity=') ? tag : tag.replace(/\/?>$/, ` integrity="${hashOf(address)}">`),
  );
