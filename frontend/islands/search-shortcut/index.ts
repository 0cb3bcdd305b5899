/** Ctrl+K (or Cmd+K) goes to the search field, or to the search page where the field has no room. */
export function mount(root: HTMLElement): void {
  const input = root.querySelector<HTMLInputElement>("input");
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.defaultPrevented || !input) return;
    event.preventDefault();
    if (input.checkVisibility()) {
      input.focus();
      input.select();
    } else {
      location.assign(root.getAttribute("action") ?? "/");
    }
  });
}
