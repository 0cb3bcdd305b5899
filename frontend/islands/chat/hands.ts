import { besides } from "./edges";
import { moveByArrows } from "./keys";
import { say } from "./words";

/** What a log does when hands and eyes ask for it. */
export interface Hands {
  older(): Promise<void>;
  newer(): Promise<void>;
  newest(): Promise<void>;
  /** Whether the log goes on below what is in the page. */
  goesOn(): boolean;
  write(): void;
  speak(text: string): void;
  scrolled(): void;
  /** Somebody looks at the page, or elsewhere from now on. */
  looked(looks: boolean): void;
  /** The focus stands on the message with this id. */
  stands(id: string): void;
}

/** Listens to scrolling, the links at both ends, the button to the newest, and the keys that go through messages. */
export function listenToLog(log: HTMLElement, rows: HTMLElement, jump: HTMLElement, hands: Hands): void {
  log.addEventListener("scroll", () => hands.scrolled());
  document.addEventListener("visibilitychange", () => hands.looked(document.visibilityState === "visible"));
  jump.addEventListener("click", () => void hands.newest().then(() => hands.write()));
  log.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest(".btn-older");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const up = !!link.closest(".log__older");
    void (up ? hands.older() : hands.newer()).then(() => hands.speak(say(up ? "olderHere" : "newerHere")));
  });
  rows.addEventListener("focusin", (event) => {
    const article = (event.target as HTMLElement).closest("article");
    if (!article) return;
    rows.querySelector<HTMLElement>('article[tabindex="0"]')?.setAttribute("tabindex", "-1");
    article.tabIndex = 0;
    hands.stands(article.id);
  });
  rows.addEventListener("keydown", (event) => void goThrough(event, rows, hands));
}

async function goThrough(event: KeyboardEvent, rows: HTMLElement, hands: Hands): Promise<void> {
  const toEnd = event.key === "End" && hands.goesOn();
  if (!toEnd && moveByArrows(event, rows)) {
    event.preventDefault();
    return;
  }
  // The page holds a part of the log; at its edge the keys go on where the log does.
  const active = document.activeElement;
  const load = { ArrowUp: () => hands.older(), ArrowDown: () => hands.newer(), End: () => hands.newest() }[event.key];
  const other = event.altKey || event.ctrlKey || event.metaKey;
  if (!load || other || !(active instanceof HTMLElement) || active.tagName !== "ARTICLE") return;
  event.preventDefault();
  await load();
  besides(active, rows, event.key)?.focus();
}
