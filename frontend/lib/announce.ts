let region: HTMLElement | undefined;

/** Say a text to screen readers, politely, without moving the focus. */
export function announce(text: string): void {
  if (!region) {
    region = document.createElement("div");
    region.className = "kern-sr-only";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  const target = region;
  // Emptied first: the same text twice would not be read twice.
  target.textContent = "";
  setTimeout(() => (target.textContent = text), 60);
}
