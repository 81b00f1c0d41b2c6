import { RENEWED } from './renewed.ts';

const typing = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input, textarea, select, [contenteditable]');

/** Loads the search when it is first asked for: by the button, or by `/`. */
export function startSearchButton(button: HTMLElement): void {
  const notice = document.createElement('p');
  notice.className = 'notice';
  notice.setAttribute('role', 'alert');
  document.body.append(notice);
  const open = async (): Promise<void> => {
    try {
      const { openSearch } = await import('./search.ts');
      await openSearch();
      notice.textContent = '';
    } catch {
      notice.textContent = `The search did not arrive. ${RENEWED}`;
    }
  };
  button.addEventListener('click', () => void open());
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || typing(event.target)) return;
    event.preventDefault();
    void open();
  });
}
