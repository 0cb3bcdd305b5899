import { html, nothing, svg, type TemplateResult } from "lit/html.js";
import { repeat } from "lit/directives/repeat.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import type { Item } from "../../wire/chat";
import type { Pending } from "./kept";
import { clock, dayName, fact, say } from "./words";

const TOGETHER = 5 * 60_000;

export interface Waiting extends Pending {
  /** The number it got, until it comes back in the log. */
  seq?: number;
}

export interface View {
  items: Item[];
  waiting: Waiting[];
  /** Messages of others above this number are new. */
  mark: number;
  online: boolean;
  slow: boolean;
  reportUrl: string;
  /** The message that the arrow keys stand on. */
  current: string;
  again(id: string): void;
  discard(id: string): void;
}

type Row = { key: string; draw(): TemplateResult };

export const icon = (name: string, css = "icon--20"): TemplateResult =>
  html`<svg class="icon ${css}" aria-hidden="true" focusable="false">${svg`<use href="${document.documentElement.dataset.icons ?? ""}#i-${name}"></use>`}</svg>`;

function head(id: string, name: string, place: string, at: Date, follows: boolean): TemplateResult {
  return html`<h3 class="m__k ${follows ? "kern-sr-only" : ""}" id="${id}-k">
    <span class="m__n">${name}</span>${place ? html`<span class="m__o">${place}</span>` : nothing}
    <time class="m__t" datetime=${at.toISOString()}>${clock(at)}</time>
  </h3>`;
}

function left(item: { initials: string; hue: string }, at: Date, follows: boolean): TemplateResult {
  return html`<div class="m__l">${
    follows
      ? html`<time class="m__t2" datetime=${at.toISOString()} aria-hidden="true">${clock(at)}</time>`
      : html`<span class="avatar avatar--${item.hue} avatar--m" aria-hidden="true">${item.initials}</span>`
  }</div>`;
}

/** Links in messages are reached from their message (Enter), so that Tab leads past a long log. */
const quiet = (cleaned: string): string => cleaned.replaceAll("<a ", '<a tabindex="-1" ');

function message(item: Item, follows: boolean, own: boolean, view: View): TemplateResult {
  const id = `m${item.seq}`;
  const at = new Date(item.at);
  const report = view.reportUrl && !own && !item.hidden && item.sender !== null;
  return html`<li class="m ${follows ? "m--folge" : ""} ${own ? "is-own" : ""}">
    <article class="m__in" id=${id} aria-labelledby="${id}-k" tabindex=${view.current === id ? 0 : -1}>
      ${left(item, at, follows)}
      <div class="m__b">
        ${head(id, item.name, item.place, at, follows)}
        ${item.hidden ? html`<p class="m__gone">${say("hidden")}</p>` : html`<div class="m__x">${unsafeHTML(quiet(item.html))}</div>`}
      </div>
      ${
        report
          ? html`<div class="m__act" role="group" aria-label=${say("actions", { name: item.name })}>
              <a href=${view.reportUrl.replace("/0/", `/${item.ref}/`)} aria-label=${say("report")} tabindex="-1">${icon("flag")}</a>
            </div>`
          : nothing
      }
    </article>
  </li>`;
}

function state(one: Waiting, view: View): TemplateResult | typeof nothing {
  if (one.seq !== undefined) return nothing;
  if (one.failed !== undefined)
    return html`<p class="pend pend--failed">${icon("error", "icon--16")}${say("failed", { reason: one.failed })}
      <button type="button" class="linkbtn" @click=${() => view.again(one.id)}>${say("again")}</button>
      <button type="button" class="linkbtn" @click=${() => view.discard(one.id)}>${say("drop")}</button></p>`;
  const text = view.slow ? say("slow") : view.online ? say("waiting") : say("offline");
  return html`<p class="pend">${icon("schedule_send", "icon--16")}${text}</p>`;
}

function waiting(one: Waiting, follows: boolean, view: View): TemplateResult {
  const id = `p${one.id}`;
  const at = new Date(one.at);
  return html`<li class="m is-own is-waiting ${follows ? "m--folge" : ""}">
    <article class="m__in" id=${id} aria-labelledby="${id}-k" tabindex=${view.current === id ? 0 : -1}>
      ${left({ initials: fact("meInitials"), hue: fact("meHue") || "blue" }, at, follows)}
      <div class="m__b">${head(id, fact("meName"), fact("mePlace"), at, follows)}
        <div class="m__x"><p class="m__raw">${one.body}</p></div>${state(one, view)}</div>
    </article>
  </li>`;
}

/** The rows in order: days, the line where the new begins, messages, and what waits to be sent. */
function rows(view: View): Row[] {
  const me = Number(fact("me"));
  const made: Row[] = [];
  let before: { sender: number | null; at: Date } | undefined;
  let day = "";
  let marked = false;
  const step = (sender: number | null, at: Date): boolean => {
    if (at.toDateString() !== day) {
      day = at.toDateString();
      const date = at;
      made.push({
        key: `d${day}`,
        draw: () => html`<li class="day"><h2><time datetime=${date.toISOString()}>${dayName(date)}</time></h2></li>`,
      });
      before = undefined;
    }
    const follows = !!before && before.sender === sender && at.getTime() - before.at.getTime() < TOGETHER;
    before = { sender, at };
    return follows;
  };
  for (const item of view.items) {
    if (item.kind === "change") continue;
    const at = new Date(item.at);
    const own = item.sender === me;
    let follows = step(item.sender, at);
    if (!marked && item.seq > view.mark && !own) {
      marked = true;
      follows = false;
      made.push({
        key: "new",
        draw: () => html`<li class="newline"><span>${say("newSince", { time: clock(at) })}</span></li>`,
      });
    }
    made.push({ key: item.id, draw: () => message(item, follows, own, view) });
  }
  const known = new Set(view.items.map((item) => item.id));
  for (const one of view.waiting) {
    if (known.has(one.id)) continue;
    const follows = step(me, new Date(one.at));
    made.push({ key: one.id, draw: () => waiting(one, follows, view) });
  }
  return made;
}

export const drawLog = (view: View): TemplateResult =>
  html`${repeat(rows(view), (row) => row.key, (row) => row.draw())}`;
