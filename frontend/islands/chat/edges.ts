/** The link that loads more at an end of the log; without an address it goes, and a focus on it stays in the log. */
export function drawEdge(log: HTMLElement, place: string, href: string, text: string): void {
  const around = log.querySelector(place)!;
  const link = around.querySelector<HTMLAnchorElement>("a");
  if (!href) {
    if (link?.contains(document.activeElement)) log.focus({ preventScroll: true });
    link?.remove();
    return;
  }
  const one = link ?? document.createElement("a");
  one.className = "btn-older";
  one.href = href;
  one.textContent = text;
  if (!link) around.append(one);
}

/** The message that a key leads to from another; without a key the next, or the one before where it is the last. */
export function besides(article: HTMLElement, rows: HTMLElement, key = ""): HTMLElement | undefined {
  const all = [...rows.querySelectorAll<HTMLElement>("article")];
  const at = all.indexOf(article);
  if (key === "End") return all.at(-1);
  if (key === "ArrowUp") return all[at - 1];
  return all[at + 1] ?? (key ? undefined : all[at - 1]);
}
