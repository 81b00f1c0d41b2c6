/** Selects what is in an element, for a reader to copy. */
function select(element: Element): void {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

async function copy(source: Element): Promise<'Copied' | 'Selected: copy it'> {
  // Not there on a page without https.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (!clipboard) throw new Error('no clipboard');
    await clipboard.writeText(source.textContent);
    return 'Copied';
  } catch {
    select(source);
    return document.execCommand('copy') ? 'Copied' : 'Selected: copy it';
  }
}

/** Buttons that copy the text of the `pre` beside them; where a browser refuses, they select it and say so. */
export function startCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button.copy')) {
    button.addEventListener('click', () => {
      const source = button.parentElement?.querySelector('pre');
      if (source) void copy(source).then((text) => (button.textContent = text));
    });
  }
}
