/** The messages in the order of the page. */
export const focusables = (rows: HTMLElement): HTMLElement[] => [...rows.querySelectorAll<HTMLElement>("article")];

/** Arrows, Home and End go through messages; Enter goes into one's buttons, Escape leaves them. True when it did. */
export function moveByArrows(event: KeyboardEvent, articles: HTMLElement[]): boolean {
  const active = document.activeElement as HTMLElement;
  const article = active.closest<HTMLElement>("article");
  const at = article ? articles.indexOf(article) : -1;
  if (at < 0) return false;
  const actions = [...article!.querySelectorAll<HTMLElement>(".m__act a, .m__act button, .m__x a, .pend button")];
  if (event.key === "Escape" && active !== article) {
    article!.focus();
    return true;
  }
  if (active !== article) return false;
  if (event.key === "Enter" && actions[0]) {
    actions[0].focus();
    return true;
  }
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: articles.length - 1 }[event.key];
  const next = to === undefined ? undefined : articles[to];
  if (!next) return false;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** F6 and Shift+F6 go round the areas of the page, as in an office program. */
export function goRound(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
    const stops = ["#unterhaltungen", ".log", "#msg", "#details"]
      .map((selector) => document.querySelector<HTMLElement>(selector))
      .filter((stop): stop is HTMLElement => !!stop && stop.offsetParent !== null);
    if (!stops.length) return;
    event.preventDefault();
    const at = stops.findIndex((stop) => stop.contains(document.activeElement));
    const step = event.shiftKey ? -1 : 1;
    const next = at < 0 ? (event.shiftKey ? stops.length - 1 : 0) : (at + step + stops.length) % stops.length;
    const stop = stops[next]!;
    if (stop.tabIndex < 0 && !stop.hasAttribute("tabindex")) stop.tabIndex = -1;
    stop.focus();
  });
}
