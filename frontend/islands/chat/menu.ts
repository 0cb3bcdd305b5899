import { icon } from "../../lib/icon";

export interface Entry {
  icon: string;
  text: string;
  /** An address makes it a link. */
  href?: string;
  keys?: string;
  do?(): void;
}

/** Put a panel of the top layer beside what opened it, and never out of the window. */
function place(panel: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
  const below = at.bottom + 6;
  const top = below + height <= innerHeight - 8 ? below : Math.max(8, at.top - height - 6);
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
}

function entry(one: Entry): HTMLElement {
  const made = document.createElement(one.href ? "a" : "button");
  if (made instanceof HTMLAnchorElement) made.href = one.href!;
  else made.type = "button";
  made.className = "menu__item";
  made.setAttribute("role", "menuitem");
  made.tabIndex = -1;
  made.append(icon(one.icon, "icon--20"), one.text);
  if (one.keys) {
    const keys = document.createElement("kbd");
    keys.textContent = one.keys;
    keys.setAttribute("aria-hidden", "true");
    made.append(keys);
  }
  return made;
}

/** A menu beside a button: arrows, Home, End; Escape and Tab lead back to the button. */
export function openMenu(anchor: HTMLElement, label: string, entries: Entry[]): void {
  const menu = document.createElement("div");
  menu.className = "cmenu";
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  let done: (() => void) | undefined;
  for (const one of entries) {
    const made = entry(one);
    made.addEventListener("click", () => {
      done = one.do;
      menu.hidePopover();
    });
    menu.append(made);
  }
  const items = [...menu.children] as HTMLElement[];
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement as HTMLElement);
    const n = items.length;
    const to = { ArrowDown: (at + 1) % n, ArrowUp: (at - 1 + n) % n, Home: 0, End: n - 1 }[event.key];
    if (to !== undefined) items[to]?.focus();
    else if (event.key === "Tab") menu.hidePopover();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    const inside = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    if (inside) anchor.focus();
    done?.();
  });
  document.body.append(menu);
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  anchor.setAttribute("aria-expanded", "true");
  items[0]?.focus();
}
