/** The buttons below the box: one stop for Tab, arrows walk; Markdown is written by an element fetched for it. */
export function toolbar(bar: HTMLElement, box: HTMLTextAreaElement, shortcuts: boolean): void {
  bar.hidden = false;
  const loaded = import("@github/markdown-toolbar-element");
  const buttons = () => [...bar.querySelectorAll<HTMLElement>("button")].filter((one) => one.offsetParent !== null);
  const stop = (at: HTMLElement) => {
    for (const one of bar.querySelectorAll("button")) one.tabIndex = one === at ? 0 : -1;
  };
  // Not in the page yet, none of them is seen.
  const first = buttons()[0] ?? bar.querySelector("button");
  if (first) stop(first);
  bar.addEventListener("focusin", (event) => {
    const button = (event.target as HTMLElement).closest("button");
    if (button) stop(button);
  });
  bar.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  });
  if (!shortcuts) return;
  box.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
    const kind = { b: "bold", i: "italic" }[event.key.toLowerCase()];
    if (!kind) return;
    event.preventDefault();
    void loaded.then(() => bar.querySelector<HTMLElement>(`[data-md-button="${kind}"]`)?.click());
  });
}
