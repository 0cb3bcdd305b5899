import { countWord, word } from "../../lib/words";

const root = () => document.getElementById("chat-words")!;

/** A text of the chat; the server wrote them all, translated, into one element. */
export const say = (name: string, values?: Record<string, string | number>): string => word(root(), name, values);
export const sayCount = (name: string, n: number): string => countWord(root(), name, n);
export const fact = (name: string): string => root().dataset[name] ?? "";

/** What somebody wished; `otherwise` where the page says nothing of it. */
export function wish(name: string, otherwise: boolean): boolean {
  const said = root().dataset[name];
  return said === undefined ? otherwise : /^(1|true|on|yes)$/i.test(said);
}

const language = () => document.documentElement.lang || "de";

export const clock = (at: Date): string =>
  at.toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit" });

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

export function dayName(at: Date): string {
  const today = new Date();
  const yesterday = new Date(today.getTime());
  yesterday.setDate(today.getDate() - 1);
  if (sameDay(at, today)) return say("today");
  if (sameDay(at, yesterday)) return say("yesterday");
  return at.toLocaleDateString(language(), { weekday: "long", day: "numeric", month: "long" });
}

/** A size as people read it. */
export function size(bytes: number): string {
  const [n, unit] = bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1_000)), "kB"] : [bytes / 1_000_000, "MB"];
  return `${n.toLocaleString(language(), { maximumFractionDigits: 1 })} ${unit}`;
}
