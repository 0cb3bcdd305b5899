import { html, nothing, type TemplateResult } from "lit/html.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import type { File, Item, Quote, Reaction } from "../../wire/chat";
import { cardFor, pathsIn, type Card } from "./cards";
import { icon } from "./icon";
import type { Pending } from "./kept";
import { nameOf } from "./signs";
import { clock, dayName, fact, say, sayCount, size } from "./words";

export interface Waiting extends Pending {
  /** The number it got, until it comes back in the log. */
  seq?: number;
}

/** What a message is drawn with. */
export interface Look {
  /** The message that the arrow keys stand on. */
  current: string;
  /** The one that one was led to. */
  hit: number;
  online: boolean;
  slow: boolean;
  threadUrl: string;
  versionsUrl: string;
  /** Inside of a thread nobody needs the way to it. */
  inThread: boolean;
  /** Ids are made of this and the number, for a message may stand in the log and in a thread. */
  prefix: string;
  again(id: string): void;
  discard(id: string): void;
}

const me = (): number => Number(fact("me"));

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

/**
 * The text as the server cleaned it, with what only a page knows: links are reached from their message (Enter), so that
 * Tab leads past a long log; one's own name is marked stronger; what is wide scrolls by itself; code can be copied.
 */
function dressed(cleaned: string): string {
  if (!cleaned.includes("<a ") && !/<(pre|table|span)/.test(cleaned)) return cleaned;
  const label = say("copyCode").replace(/[<>&"]/g, "");
  const mark = `<svg class="icon icon--20" aria-hidden="true"><use href="${document.documentElement.dataset.icons ?? ""}#i-content_copy"></use></svg>`;
  return cleaned
    .replaceAll("<a ", '<a tabindex="-1" ')
    .replaceAll(/(<span class="mention" data-person="(\d+)")/g, (all, start: string, person: string) =>
      Number(person) === me() || person === "0" ? `${start} data-me` : all,
    )
    .replaceAll("<table>", '<div class="m__wide" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>")
    .replaceAll(
      "<pre>",
      `<div class="m__pre"><button type="button" class="m__copy" data-do="copy" tabindex="-1" aria-label="${label}">${mark}</button><pre tabindex="0">`,
    )
    .replaceAll("</pre>", "</pre></div>");
}

function quote(reply: Quote): TemplateResult {
  const gone = !reply.name;
  return html`<blockquote class="quote"><a href="?um=${reply.seq}#m${reply.seq}" data-do="jump" data-to=${reply.seq} tabindex="-1">
    <b>${gone ? say("earlier") : reply.name}</b>${reply.line ? html`<span>${reply.line}</span>` : gone ? nothing : html`<span>${say("notHere")}</span>`}</a></blockquote>`;
}

function reactions(all: Reaction[]): TemplateResult | typeof nothing {
  if (!all.length) return nothing;
  return html`<ul class="rx" aria-label=${say("reactions")}>
    ${all.map(({ sign, people }) => {
      const mine = people.includes(me());
      const name = nameOf(sign);
      return html`<li><button type="button" tabindex="-1" data-do="react" data-sign=${sign} aria-pressed=${String(mine)} title=${name}
        aria-label=${`${name}: ${sayCount("persons", people.length)}${mine ? say("youToo") : ""}`}><span aria-hidden="true">${sign}</span>${people.length}</button></li>`;
    })}
    <li><button type="button" class="rx__add" tabindex="-1" data-do="pick" aria-haspopup="dialog" aria-label=${say("addReaction")}>${icon("add_reaction", "icon--16")}</button></li>
  </ul>`;
}

const symbol = (type: string): [name: string, tone: string] => {
  if (type === "application/pdf") return ["picture_as_pdf", "red"];
  if (type.startsWith("image/")) return ["image", "mint"];
  if (/sheet|csv|excel/.test(type)) return ["query_stats", "mint"];
  if (/presentation|powerpoint/.test(type)) return ["slideshow", "orange"];
  return ["description", "blue"];
};

const FILE_WORDS: Record<string, string> = { pending: "filePending", refused: "fileRefused", gone: "fileGone" };

function file(one: Pick<File, "name" | "type" | "size" | "state"> & Partial<File>): TemplateResult {
  const [name, tone] = symbol(one.type);
  const word = FILE_WORDS[one.state];
  const state = word ? say(word) : size(one.size);
  if (one.state === "ready" && one.preview)
    return html`<li class="mf__i mf__i--picture"><a href=${one.url ?? ""} tabindex="-1"><img src=${one.preview} alt=${one.name}
      width=${one.width ?? nothing} height=${one.height ?? nothing} loading="lazy" decoding="async"></a></li>`;
  const body = html`<span class="tile tile--${tone}">${icon(name)}</span><span class="mf__t"><b>${one.name}</b><small>${state}</small></span>`;
  return html`<li class="mf__i mf__i--${one.state}">${
    one.state === "ready"
      ? html`<a class="mf__a" href=${one.url ?? ""} download=${one.name} tabindex="-1">${body}${icon("download")}</a>`
      : html`<span class="mf__a">${body}</span>`
  }</li>`;
}

function card(path: string, one: Card): TemplateResult {
  return html`<a class="embed" href=${path} tabindex="-1"><span class="tile tile--${one.hue}" aria-hidden="true">${icon(one.icon)}</span>
    <span class="embed__t"><b>${one.title}</b><small>${one.kind}${one.line ? ` · ${one.line}` : ""}</small></span></a>`;
}

function marks(item: Item, look: Look): TemplateResult | typeof nothing {
  const thread = item.replies > 0 && !look.inThread;
  if (!item.edited && !item.pinned && !thread) return nothing;
  return html`<p class="m__marks">${item.pinned ? html`<span class="m__pin">${icon("keep", "icon--16")}${say("pinned")}</span>` : nothing}
    ${
      item.edited
        ? html`<a class="m__ed" href=${look.versionsUrl.replace("/0/", `/${item.seq}/`)} data-do="versions" tabindex="-1"
            title=${`${dayName(new Date(item.edited))}, ${clock(new Date(item.edited))}`}>${say("edited")}</a>`
        : nothing
    }
    ${
      thread
        ? html`<a class="thread" href=${look.threadUrl.replace("/0/", `/${item.seq}/`)} data-do="thread" tabindex="-1">${icon("forum", "icon--16")}<b>${sayCount("replies", item.replies)}</b>${icon("chevron_right", "icon--16")}</a>`
        : nothing
    }</p>`;
}

const GONE: Record<string, string> = { retracted: "retracted", expired: "expired" };

function body(item: Item, look: Look): TemplateResult {
  const gone = item.hidden ? "hidden" : GONE[item.gone];
  if (gone) return html`<p class="m__gone">${say(gone)}</p>${marks({ ...item, edited: null, pinned: false }, look)}`;
  return html`${item.reply ? quote(item.reply) : nothing}
    ${item.html ? html`<div class="m__x">${unsafeHTML(dressed(item.html))}</div>` : nothing}
    ${item.files.length ? html`<ul class="mf">${item.files.map(file)}</ul>` : nothing}
    ${pathsIn(item.html).map((path) => {
      const found = cardFor(path);
      return found ? card(path, found) : nothing;
    })}
    ${marks(item, look)}${reactions(item.reactions)}`;
}

/** Whether a message names the reader, by name or with everybody. */
export const namesMe = (item: Item): boolean =>
  item.sender !== me() && (item.everyone || item.mentions.includes(me()));

/** One message; the place for its buttons is empty until somebody points at it or stands on it. */
export function message(item: Item, follows: boolean, look: Look): TemplateResult {
  const id = `${look.prefix}m${item.seq}`;
  const at = new Date(item.at);
  if (item.kind === "note")
    return html`<li class="m m--note"><article class="m__in" id=${id} data-seq=${item.seq} aria-labelledby="${id}-k" tabindex=${look.current === id ? 0 : -1}>
      <p class="m__note" id="${id}-k">${item.text} <time class="m__t" datetime=${at.toISOString()}>${clock(at)}</time></p></article></li>`;
  const own = item.sender === me();
  const empty = item.hidden || !!item.gone;
  const css = `${follows ? "m--folge" : ""} ${own ? "is-own" : ""} ${namesMe(item) && !empty ? "is-at" : ""} ${look.hit === item.seq ? "is-hit" : ""}`;
  return html`<li class="m ${css}">
    <article class="m__in" id=${id} data-seq=${item.seq} aria-labelledby="${id}-k" tabindex=${look.current === id ? 0 : -1}>
      ${left(item, at, follows)}
      <div class="m__b">${head(id, item.name, item.place, at, follows)}${body(item, look)}</div>
      <div class="m__act" role="group" aria-label=${say("actions", { name: item.name })}>
        <span class="m__bar"></span>
        <button type="button" class="m__all" data-do="menu" tabindex="-1" aria-haspopup="menu" aria-expanded="false" aria-label=${say("moreActions")}>${icon("more_vert")}</button>
      </div>
    </article>
  </li>`;
}

function state(one: Waiting, look: Look): TemplateResult | typeof nothing {
  if (one.seq !== undefined) return nothing;
  if (one.failed !== undefined)
    return html`<p class="pend pend--failed">${icon("error", "icon--16")}${say("failed", { reason: one.failed })}
      <button type="button" class="linkbtn" tabindex="-1" @click=${() => look.again(one.id)}>${say("again")}</button>
      <button type="button" class="linkbtn" tabindex="-1" @click=${() => look.discard(one.id)}>${say("drop")}</button></p>`;
  const text = look.slow ? say("slow") : look.online ? say("waiting") : say("offline");
  return html`<p class="pend">${icon("schedule_send", "icon--16")}${text}</p>`;
}

/** What one has said and is not stored yet, as far as this device knows. */
export function waiting(one: Waiting, follows: boolean, look: Look): TemplateResult {
  const id = `${look.prefix}p${one.id}`;
  const at = new Date(one.at);
  return html`<li class="m is-own is-waiting ${follows ? "m--folge" : ""}">
    <article class="m__in" id=${id} aria-labelledby="${id}-k" tabindex=${look.current === id ? 0 : -1}>
      ${left({ initials: fact("meInitials"), hue: fact("meHue") || "blue" }, at, follows)}
      <div class="m__b">${head(id, fact("meName"), fact("mePlace"), at, follows)}
        ${one.reply ? quote(one.reply) : nothing}
        ${one.body ? html`<div class="m__x"><p class="m__raw">${one.body}</p></div>` : nothing}
        ${one.files?.length ? html`<ul class="mf">${one.files.map((kept) => file({ ...kept, state: "waiting" }))}</ul>` : nothing}${state(one, look)}</div>
    </article>
  </li>`;
}
