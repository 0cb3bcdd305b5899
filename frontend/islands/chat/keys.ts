const WITHIN = "a, button";

/**
 * Arrows, Home and End go through messages; Enter goes into one's links and buttons, arrows and Tab through these,
 * Escape leaves them. True when it did.
 */
export function moveByArrows(event: KeyboardEvent, rows: HTMLElement): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const active = document.activeElement as HTMLElement;
  const article = active.closest<HTMLElement>("article");
  if (!article || !rows.contains(article)) return false;
  if (active !== article) return moveWithin(event, article, active);
  if (event.key === "Enter") {
    // What one most often wants comes first: the bar of the message.
    const first = article.querySelector<HTMLElement>(".m__bar button") ?? within(article)[0];
    first?.focus();
    return !!first;
  }
  const articles = [...rows.querySelectorAll<HTMLElement>("article")];
  const at = articles.indexOf(article);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: articles.length - 1 }[event.key];
  const next = to === undefined || to === at ? undefined : articles[to];
  if (!next) return false;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

const within = (article: HTMLElement): HTMLElement[] =>
  [...article.querySelectorAll<HTMLElement>(WITHIN)].filter((one) => one.offsetParent !== null);

function moveWithin(event: KeyboardEvent, article: HTMLElement, active: HTMLElement): boolean {
  if (event.key === "Escape") {
    article.focus();
    return true;
  }
  const step = { ArrowRight: 1, ArrowLeft: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
  if (!step) return false;
  const all = within(article);
  // Code that scrolls keeps its arrows.
  if (!all.includes(active)) return false;
  const next = all[all.indexOf(active) + step];
  next?.focus();
  return !!next;
}

/** F6 and Shift+F6 go round the areas of the page, as in an office program. */
export function goRound(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
    const stops = ["#unterhaltungen", ".log", "#msg", "#faden", "#details"]
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
