import { wish } from "./words";

export interface Commands {
  /** A deed on the message one stands on. */
  act(deed: string): boolean;
  newest(): void;
  firstUnread(): void;
  help(): void;
}

const DEEDS: Record<string, string> = { KeyR: "pick", KeyA: "answer", KeyT: "thread", KeyB: "edit" };

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Keys with Alt, and the question mark outside of boxes; whoever does not want them switches them off (data-shortcuts). */
export function listenForShortcuts(commands: Commands): void {
  document.addEventListener("keydown", (event) => {
    if (!wish("shortcuts", true) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event, commands)) event.preventDefault();
  });
}

function act(event: KeyboardEvent, commands: Commands): boolean {
  if (!event.altKey) {
    if (event.key !== "?" || writes(event.target)) return false;
    commands.help();
    return true;
  }
  if (event.shiftKey) return false;
  const deed = DEEDS[event.code];
  if (deed) return commands.act(deed);
  if (event.code === "KeyN") commands.newest();
  else if (event.code === "KeyU") commands.firstUnread();
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !writes(event.target)) return neighbour(event.key === "ArrowDown" ? 1 : -1);
  else return false;
  return true;
}

/** To the conversation above or below in the list. */
function neighbour(step: number): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("#chat-rows [data-row]:not([hidden]) a")];
  const at = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const next = links[at + step];
  next?.click();
  return !!next;
}
