const typing = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input, textarea, select, [contenteditable]');

/** Loads the search when it is first asked for: by the button, or by `/`. */
export function startSearchButton(button: HTMLElement): void {
  const open = async (): Promise<void> => {
    const { openSearch } = await import('./search.ts');
    await openSearch();
  };
  button.addEventListener('click', () => void open());
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || typing(event.target)) return;
    event.preventDefault();
    void open();
  });
}
