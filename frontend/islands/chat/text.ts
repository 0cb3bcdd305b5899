import type { Item, Quote } from "../../wire/chat";

const QUOTED = 120;

/** A message as one that answers it shows it: who said it, and how it begins, without its Markdown. */
export function quoteOf({ seq, sender, name, html, files }: Item): Quote {
  const text = new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";
  const line = text.replace(/\s+/g, " ").trim().slice(0, QUOTED);
  return { seq, sender, name, line: line || (files[0]?.name ?? "") };
}

/** Put a text in place of a part of the box, so that the browser can undo it. */
export function insertText(box: HTMLTextAreaElement, text: string, from = box.selectionStart, to = box.selectionEnd): void {
  box.focus();
  box.setSelectionRange(from, to);
  // Old, but the only way that keeps what one can undo.
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
