/**
 * How many conversations hold something unread, on the icon: of the tab, and of the installed application.
 * The header says it (`data-chat-count`); whatever changes it there changes it here.
 */
const NUMBER = "[data-chat-count]";

function counted(): number {
  return parseInt(document.querySelector(NUMBER)?.textContent ?? "", 10) || 0;
}

/** The icon with a dot and, up to nine, the number. */
export function withBadge(svg: string, n: number): string {
  const text = n > 9 ? "9+" : String(n);
  const dot =
    `<circle cx="29" cy="11" r="11" fill="#b3123f" stroke="#fff" stroke-width="1.5"/>` +
    `<text x="29" y="16" font-family="sans-serif" font-size="${n > 9 ? 12 : 14}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text>`;
  return svg.replace("</svg>", `${dot}</svg>`);
}

export function watchBadge(): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const header = document.querySelector("header");
  if (!link || !header) return;
  const plain = link.href;
  let svg: Promise<string> | undefined;
  let shown = 0;
  const show = async () => {
    const n = counted();
    if (n === shown) return;
    shown = n;
    void (n ? navigator.setAppBadge?.(n) : navigator.clearAppBadge?.())?.catch(() => undefined);
    if (!n) {
      link.href = plain;
      return;
    }
    try {
      svg ??= fetch(plain).then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error())));
      const drawn = withBadge(await svg, n);
      if (n === shown) link.href = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
    } catch {
      svg = undefined; // the icon stays plain; the next number tries again
    }
  };
  new MutationObserver(() => void show()).observe(header, { childList: true, characterData: true, subtree: true });
  void show();
}
