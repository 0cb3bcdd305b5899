/** A row that scrolls sideways starts at its current entry. */
export function mount(root: HTMLElement): void {
  const now = root.querySelector("[aria-current]");
  if (!now || root.scrollWidth <= root.clientWidth) return;
  const box = root.getBoundingClientRect();
  const place = now.getBoundingClientRect();
  root.scrollLeft += place.left - box.left - (box.width - place.width) / 2;
}
