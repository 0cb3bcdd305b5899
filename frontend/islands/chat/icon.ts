import { html, svg, type TemplateResult } from "lit/html.js";

/** An icon of the sprite, in a template. */
export const icon = (name: string, css = "icon--20"): TemplateResult =>
  html`<svg class="icon ${css}" aria-hidden="true" focusable="false">${svg`<use href="${document.documentElement.dataset.icons ?? ""}#i-${name}"></use>`}</svg>`;
