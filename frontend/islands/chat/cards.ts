import { fact } from "./words";

/** What a link to a page of this product unfolds to. */
export interface Card {
  kind: string;
  title: string;
  line: string;
  icon: string;
  hue: string;
}

const AT_ONCE = 20;
const IN_ONE_MESSAGE = 3;

// Asked once per path and page; null: nothing there that one may see.
const known = new Map<string, Card | null>();
const wanted = new Set<string>();

let drawn: () => void = () => undefined;
let timer = 0;

/** Paths of this product that a message links to, a few at most. */
export function pathsIn(html: string): string[] {
  if (!html.includes("<a ")) return [];
  const found = new Set<string>();
  for (const [, address] of html.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
    try {
      const url = new URL(address!.replaceAll("&amp;", "&"), location.href);
      if (url.origin === location.origin && /^\/[^/]+\/[^/]+\/$/.test(url.pathname)) found.add(url.pathname);
    } catch {
      // Not an address after all.
    }
  }
  return [...found].slice(0, IN_ONE_MESSAGE);
}

/** The card of a path, if it is there; else it is asked for, and `whenDrawn` is told when answers come. */
export function cardFor(path: string): Card | undefined {
  const card = known.get(path);
  if (card === undefined && !wanted.has(path)) {
    wanted.add(path);
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 50);
  }
  return card ?? undefined;
}

export function whenCardsCome(draw: () => void): void {
  const before = drawn;
  drawn = () => {
    before();
    draw();
  };
}

async function ask(): Promise<void> {
  const paths = [...wanted].slice(0, AT_ONCE);
  for (const path of paths) {
    wanted.delete(path);
    known.set(path, null);
  }
  const query = new URLSearchParams(paths.map((path) => ["pfad", path]));
  try {
    const response = await fetch(`${fact("cardsUrl")}?${query}`);
    if (!response.ok || response.redirected) return;
    const cards = (await response.json()) as Record<string, Card>;
    for (const [path, card] of Object.entries(cards)) known.set(path, card);
    if (Object.keys(cards).length) drawn();
  } catch {
    // A card is an extra; the link is there.
  }
  if (wanted.size) await ask();
}
