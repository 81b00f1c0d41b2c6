import { fileURLToPath } from 'node:url';
import { defineMdastPlugin } from 'satteri';
import { textOf } from '../components/paper/mdast.ts';
import { headingId } from '../components/paper/numbering.ts';
import { directed } from './direction.ts';
import { sectionId } from './slug.ts';

/** Addresses of headings begin with their section's, so that two sections may share a heading. */
export const sectionHeadings = defineMdastPlugin({
  name: 'section-headings',
  heading(node, context) {
    if (node.depth !== 3 || !context.fileURL?.pathname.endsWith('.mdx')) return;
    const title = node.children.map(textOf).join('');
    const id = headingId(sectionId(fileURLToPath(context.fileURL)), title);
    context.setProperty(node, 'data', { hProperties: { id, ...directed(title) } });
  },
});
