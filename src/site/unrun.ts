import { defineMdastPlugin } from 'satteri';
import { isRun } from '../components/results/committed.ts';
import { isUnrun } from '../components/paper/numbering.ts';

/**
 * Empties `<WhenRun of="…">` where an experiment it names is not run. In MDX, what is in an element is rendered
 * whether the element shows it or not, and would look for results that are not there.
 */
export const withoutUnrun = defineMdastPlugin({
  name: 'without-unrun',
  mdxJsxFlowElement(node, context) {
    if (isUnrun(node, isRun)) context.setProperty(node, 'children', []);
  },
});
