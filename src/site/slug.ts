import { basename, extname } from 'node:path';

/** Letters, marks and digits of any script in lower case, the rest as hyphens. */
export const slug = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');

/** Address of a section on the page, from the name of its file: `related-work` for `Related Work.mdx`. */
export const sectionId = (file: string): string => slug(basename(file, extname(file)));
