import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineMdastPlugin } from 'satteri';
import { textOf } from '../components/paper/mdast.ts';
import { headingId } from '../components/paper/numbering.ts';

/** Addresses of headings begin with their section's, so that two sections may share a heading. */
export const sectionHeadings = defineMdastPlugin({
  name: 'section-headings',
  heading(node, context) {
    if (node.depth !== 3 || !context.fileURL?.pathname.endsWith('.mdx')) return;
    const section = basename(fileURLToPath(context.fileURL), '.mdx');
    const id = headingId(section, node.children.map(textOf).join(''));
    context.setProperty(node, 'data', { hProperties: { id } });
  },
});
