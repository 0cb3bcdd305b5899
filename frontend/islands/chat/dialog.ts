import { html, render, type TemplateResult } from "lit/html.js";
import { icon } from "./icon";
import { say } from "./words";

/** A dialog over the page; closing it leads the focus back to where it came from. */
export function showDialog(title: string, body: TemplateResult): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog kern-level-2";
  dialog.setAttribute("aria-labelledby", "chat-dialog");
  render(
    html`<div class="dialog__h"><h2 id="chat-dialog">${title}</h2>
        <button type="button" class="iconbtn" aria-label=${say("close")} @click=${() => dialog.close()}>${icon("close")}</button></div>
      <div class="dialog__b" tabindex="-1">${body}</div>`,
    dialog,
  );
  dialog.addEventListener("close", () => dialog.remove());
  // Beside it, not in it.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A question with a yes and a no. */
export function ask(question: string, yes: string): Promise<boolean> {
  const answer = (value: string) => () => dialog.close(value);
  const dialog = showDialog(
    question,
    html`<div class="form__actions">
      <button type="button" class="kern-btn kern-btn--primary" @click=${() => answer("yes")()}><span class="kern-label">${yes}</span></button>
      <button type="button" class="kern-btn kern-btn--secondary" @click=${() => answer("")()}><span class="kern-label">${say("cancel")}</span></button>
    </div>`,
  );
  dialog.querySelector<HTMLElement>(".form__actions button")?.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes")));
}
