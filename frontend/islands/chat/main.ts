import "../../styles/chat/main.scss";
import type { Event as WireEvent } from "../../wire/chat";
import { renew, startWorker } from "../../lib/worker";
import { belongTo, forgetAll } from "./kept";
import { goRound } from "./keys";
import { Line } from "./line";
import { List } from "./list";
import { Outbox } from "./outbox";
import { ChatRoom } from "./room";
import { fact, say } from "./words";

const TELL_AFTER = 2_000;

customElements.define("chat-room", ChatRoom);

/** Desks are shared: what was kept here goes with whoever signs out. */
function forgetAtSignOut(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (!form.dataset.island?.includes("sign-out") || form.dataset.forgotten) return;
      event.preventDefault();
      form.dataset.forgotten = "1";
      void forgetAll().finally(() => form.requestSubmit());
    },
    true,
  );
}

/** Says in the page when the line is cut for longer than a blink, and when it is back. */
function lineState(): (up: boolean) => void {
  const bar = document.querySelector<HTMLElement>("[data-chat-line]");
  let timer = 0;
  return (up) => {
    clearTimeout(timer);
    if (!bar) return;
    if (up) bar.hidden = true;
    else
      timer = window.setTimeout(() => {
        bar.querySelector("span")!.textContent = say("cut");
        bar.hidden = false;
      }, TELL_AFTER);
  };
}

async function start(): Promise<void> {
  goRound();
  forgetAtSignOut();
  if (!document.getElementById("chat-words")) return;
  void startWorker().then(() => renew(fact("pushUrl"), fact("me"))).catch(() => undefined);
  await belongTo(fact("me"));
  const room = document.querySelector<ChatRoom>("chat-room");
  const list = new List(room?.c ?? 0);
  const tell = lineState();
  let outbox: Outbox | undefined;
  const event = (said: WireEvent) => {
    switch (said.op) {
      case "messages":
        if (said.c === room?.c) room.messages(said);
        break;
      case "head":
        list.head(said);
        break;
      case "beat":
        list.beat(said);
        room?.settled();
        break;
      case "typing":
        if (said.c === room?.c) room.typing(said);
        break;
      case "presence":
        list.presence(said.c, said.people);
        if (said.c === room?.c) room.presence(said);
        break;
      case "gone":
        if (said.c === room?.c) room.gone();
        break;
      case "ack":
      case "nack":
        outbox?.answer(said);
    }
  };
  const line = new Line({
    event,
    up: () => {
      tell(true);
      room?.up();
      void outbox?.flush();
    },
    down: () => {
      tell(false);
      room?.down();
    },
    // The page asks to sign in, and brings back here; what waits stays kept.
    signedOut: () => location.reload(),
  }, fact("me"));
  const below = (address: string) => (c: number) => fact(address).replace("/0/", `/${c}/`);
  outbox = new Outbox(line, { send: below("sendUrl"), files: below("filesUrl") }, {
    sent: (one, seq) => room?.sent(one, seq),
    changed: (slow) => void room?.outboxChanged(slow),
  });
  await room?.start(line, outbox, list);
  if (line.open) room?.up();
  void outbox.flush();
}

void start();
