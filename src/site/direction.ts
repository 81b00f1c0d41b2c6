import { defineMdastPlugin } from 'satteri';

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Attributes of a block of text: where a script in it runs from right to left, its first letter decides. */
export const directed = (text: string): { dir?: 'auto' } =>
  RIGHT_TO_LEFT.test(text) ? { dir: 'auto' } : {};

type Visitor = Parameters<typeof defineMdastPlugin>[0]['paragraph'];

const direct: Visitor = (node, context) => {
  const attributes = directed(context.textContent(node));
  if (attributes.dir) context.setProperty(node, 'data', { hProperties: attributes });
};

/** Text in Hebrew, Arabic and their like runs as it is read, between text that runs the other way. */
export const directions = defineMdastPlugin({
  name: 'directions',
  paragraph: direct,
  list: direct as never,
  tableCell: direct as never,
});
