const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function relative(when: Date, language: string): string {
  const seconds = (when.getTime() - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return words.format(0, "minute");
}

/** <time datetime="…" data-island="local-time">: as long ago (default) or, with data-format, in the local zone. */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLTimeElement)) return;
  const when = new Date(root.dateTime);
  if (Number.isNaN(when.getTime())) return;
  const language = document.documentElement.lang || "de";
  const formats: Record<string, Intl.DateTimeFormatOptions> = {
    time: { hour: "2-digit", minute: "2-digit" },
    day: { weekday: "short", day: "numeric", month: "long" },
    full: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  };
  const format = formats[root.dataset.format ?? ""];
  if (!root.title) root.title = root.textContent?.trim() ?? "";
  const show = () => {
    root.textContent = format ? new Intl.DateTimeFormat(language, format).format(when) : relative(when, language);
  };
  show();
  if (!format) setInterval(show, 60_000);
}
