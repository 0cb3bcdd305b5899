import { html, type TemplateResult } from "lit/html.js";
import { repeat } from "lit/directives/repeat.js";
import type { Item } from "../../wire/chat";
import { message, waiting, type Look, type Waiting } from "./message";
import { clock, dayName, fact, say } from "./words";

const TOGETHER = 5 * 60_000;

export interface View extends Look {
  items: Item[];
  waiting: Waiting[];
  /** Messages of others above this number are new. */
  mark: number;
}

type Row = { key: string; draw(): TemplateResult };

/** The rows in order: days, the line where the new begins, messages, and what waits to be sent. */
function rows(view: View): Row[] {
  const me = Number(fact("me"));
  const made: Row[] = [];
  let before: { sender: number | null; at: Date } | undefined;
  let day = "";
  let marked = false;
  const step = (sender: number | null, at: Date, apart: boolean): boolean => {
    if (at.toDateString() !== day) {
      day = at.toDateString();
      const date = at;
      made.push({
        key: `d${day}`,
        draw: () => html`<li class="day"><h2><time datetime=${date.toISOString()}>${dayName(date)}</time></h2></li>`,
      });
      before = undefined;
    }
    const follows = !apart && !!before && before.sender === sender && at.getTime() - before.at.getTime() < TOGETHER;
    before = { sender, at };
    return follows;
  };
  for (const item of view.items) {
    const at = new Date(item.at);
    // What answers something else stands under a name of its own, or the quote would seem to belong to what is above.
    let follows = step(item.sender, at, !!item.reply || item.kind === "note");
    if (!marked && item.seq > view.mark && item.sender !== me) {
      marked = true;
      follows = false;
      made.push({
        key: "new",
        draw: () => html`<li class="newline"><span>${say("newSince", { time: clock(at) })}</span></li>`,
      });
    }
    made.push({ key: item.id, draw: () => message(item, follows, view) });
  }
  const known = new Set(view.items.map((item) => item.id));
  for (const one of view.waiting) {
    if (known.has(one.id)) continue;
    const follows = step(me, new Date(one.at), false);
    made.push({ key: one.id, draw: () => waiting(one, follows, view) });
  }
  return made;
}

export const drawLog = (view: View): TemplateResult =>
  html`${repeat(rows(view), (row) => row.key, (row) => row.draw())}`;
