/** A <details> that closes on Esc, on a click elsewhere, and when the focus leaves it. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLDetailsElement)) return;
  const close = () => (root.open = false);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !root.open) return;
    event.preventDefault();
    close();
    root.querySelector("summary")?.focus();
  });
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !root.contains(event.relatedTarget)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !root.contains(event.target)) close();
  });
}
