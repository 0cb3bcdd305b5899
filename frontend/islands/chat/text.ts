import type { Item, Quote } from "../../wire/chat";

const QUOTED = 120;

/** A message as one that answers it shows it: who said it, and how it begins. */
export const quoteOf = (item: Item): Quote => ({
  seq: item.seq,
  sender: item.sender,
  name: item.name,
  line: (item.text || (item.files[0]?.name ?? "")).replace(/\s+/g, " ").slice(0, QUOTED),
});

/** Put a text in place of a part of the box, so that the browser can undo it. */
export function insertText(box: HTMLTextAreaElement, text: string, from = box.selectionStart, to = box.selectionEnd): void {
  box.focus();
  box.setSelectionRange(from, to);
  // Old, but the only way that keeps what one can undo.
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
