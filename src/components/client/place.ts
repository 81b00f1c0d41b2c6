const MARGIN = 8;

/** Puts a popover under a place on the screen, or above it where there is no room, inside the window. */
export function placeBeside(card: HTMLElement, at: DOMRect): void {
  const { width, height } = card.getBoundingClientRect();
  const room = document.documentElement;
  const left = Math.min(
    Math.max(at.left + at.width / 2 - width / 2, MARGIN),
    room.clientWidth - width - MARGIN,
  );
  const below = at.bottom + MARGIN;
  const fits = below + height <= room.clientHeight - MARGIN;
  const top = fits ? below : Math.max(MARGIN, at.top - height - MARGIN);
  card.style.left = `${Math.max(MARGIN, left)}px`;
  card.style.top = `${top}px`;
}
