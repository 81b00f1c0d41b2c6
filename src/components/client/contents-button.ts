/** The contents from anywhere: where they stand above the text, a button brings them once they are out of sight. */
export function startContentsButton(): void {
  const button = document.querySelector<HTMLElement>('.contents-open');
  const list = document.querySelector('.contents > ol');
  if (!button || !list) return;
  const dialog = document.createElement('dialog');
  dialog.className = 'contents-dialog';
  dialog.setAttribute('aria-label', 'Contents');
  button.addEventListener('click', () => {
    dialog.innerHTML = '<form method="dialog"><button>Close</button></form>';
    const contents = document.createElement('nav');
    contents.className = 'contents';
    contents.setAttribute('aria-label', 'Contents');
    contents.append(list.cloneNode(true));
    dialog.append(contents);
    if (!dialog.isConnected) document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' });
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog || (target instanceof Element && target.closest('a'))) dialog.close();
  });
  new IntersectionObserver(([entry]) => {
    button.hidden = entry?.isIntersecting ?? true;
  }).observe(list);
}
