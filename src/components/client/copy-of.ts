/** A copy to show elsewhere: without addresses, and out of the reach of the keyboard. */
export function copyOf(element: Element): Element {
  const copy = document.importNode(element, true);
  for (const node of [copy, ...copy.querySelectorAll('*')]) {
    node.removeAttribute('id');
    node.removeAttribute('tabindex');
    node.removeAttribute('role');
  }
  for (const link of copy.querySelectorAll('a')) link.tabIndex = -1;
  return copy;
}
