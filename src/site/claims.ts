import { fileURLToPath } from 'node:url';
import { defineMdastPlugin } from 'satteri';
import { claimsOf } from '../components/claims/said.ts';
import { sectionId } from './slug.ts';

/** Tells a claim's first link in a section its address, for the ledger to lead to: `at="scale C4a C4b"`. */
export const claimAddresses = (): ReturnType<typeof defineMdastPlugin> => {
  const known = new Set<string>();
  return defineMdastPlugin({
    name: 'claim-addresses',
    mdxJsxTextElement(node, context) {
      const first = claimsOf(node).filter((claim) => !known.has(claim));
      if (first.length === 0 || !context.fileURL) return;
      for (const claim of first) known.add(claim);
      const value = [sectionId(fileURLToPath(context.fileURL)), ...first].join(' ');
      const at = { type: 'mdxJsxAttribute' as const, name: 'at', value };
      context.replaceNode(node, { ...node, attributes: [...node.attributes, at] });
    },
  });
};
