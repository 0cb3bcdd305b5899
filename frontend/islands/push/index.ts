import { word } from "../../lib/words";
import { canWork, fingerprint, subscribe, subscription, unsubscribe } from "../../lib/worker";

/** „Auf diesem Gerät Bescheid sagen“: asks the browser only after the button was pressed. */
export function mount(root: HTMLElement): void {
  const on = root.querySelector<HTMLButtonElement>("[data-push-on]");
  const off = root.querySelector<HTMLButtonElement>("[data-push-off]");
  const status = root.querySelector<HTMLElement>("[data-push-say]");
  if (!on || !off || !status) return;
  const say = (name: string) => (status.textContent = word(root, name));
  if (!canWork() || !("PushManager" in window) || !("Notification" in window)) {
    say("none");
    return;
  }
  const show = (held: boolean) => {
    const focused = document.activeElement === on || document.activeElement === off;
    on.hidden = held;
    off.hidden = !held;
    if (focused) (held ? off : on).focus();
  };
  const refused = () => {
    on.hidden = true;
    say("blocked");
  };
  void (async () => {
    const held = await subscription();
    const known = (root.dataset.known ?? "").split(" ");
    show(held !== null && known.includes(await fingerprint(held)));
    if (Notification.permission === "denied") refused();
  })();
  // Not disabled meanwhile: a disabled button loses the focus.
  let busy = false;
  on.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    try {
      const done = await subscribe(root.dataset.on ?? "", root.dataset.key ?? "", root.dataset.me ?? "");
      show(done);
      say(done ? "works" : "failed");
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") refused();
      else say("failed");
    } finally {
      busy = false;
    }
  });
  off.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    try {
      say((await unsubscribe(root.dataset.off ?? "")) ? "off" : "failed");
      show(false);
    } catch {
      say("failed");
    } finally {
      busy = false;
    }
  });
}
