// Made from chat/wire.py by `manage.py chat_wire`. Do not edit; the tests fail when it is stale.

export const FRAME_LIMIT = 65536;
export const HEARTBEAT = 15;
export const CLOSE_MALFORMED = 4400;
export const CLOSE_SIGNED_OUT = 4401;
export const CLOSE_TOO_MANY = 4429;
export const CLOSE_SLOW = 4008;

/** Codes of `nack` and `error`. */
export type Code = "malformed" | "unknown" | "denied" | "conflict" | "empty" | "too_long" | "unclean" | "too_many_files" | "no_such_file" | "no_such_message" | "too_fast" | "unavailable";

/** First word on a new line; answered by `welcome`. */
export interface Hello {
  op: "hello";
}

/** Bring me everything of conversation `c` after number `after`, and then whatever comes. */
export interface Subscribe {
  op: "subscribe";
  c: number;
  after: number;
}

/** I no longer show conversation `c`; counts go on. */
export interface Unsubscribe {
  op: "unsubscribe";
  c: number;
}

/** Store this message; `id` is a UUID (version 7) that I made and keep until I get `ack` or `nack`. */
export interface Send {
  op: "send";
  c: number;
  id: string;
  body: string;
  reply?: number | null;
  mentions?: number[];
  everyone?: boolean;
  files?: string[];
}

/** I have read conversation `c` up to number `seq`. */
export interface Read {
  op: "read";
  c: number;
  seq: number;
}

/** I miss something of conversation `c`: go back to number `after`. */
export interface Sync {
  op: "sync";
  c: number;
  after: number;
}

/** Are you there? Answered by `beat`. */
export interface Ping {
  op: "ping";
}

/** I have shown conversation `c` up to number `seq`: the window moves on. */
export interface Taken {
  op: "taken";
  c: number;
  seq: number;
}

/** I am writing in conversation `c`; said again every few seconds while it goes on. */
export interface Writing {
  op: "writing";
  c: number;
}

/** What a message answers: who said it and how it begins; an empty line when it is gone. */
export interface Quote {
  seq: number;
  sender: number | null;
  name: string;
  line: string;
}

/** A file of a message. `state` is `pending` (being checked), `ready`, `refused` or `gone`. Addresses are empty unless it is ready; `preview` is there for pictures. Sizes in bytes and pixels. */
export interface File {
  id: string;
  name: string;
  type: string;
  size: number;
  state: string;
  url: string;
  preview: string;
  width: number | null;
  height: number | null;
}

/** Who reacted with one sign, by number. */
export interface Reaction {
  sign: string;
  people: number[];
}

/** One entry of a log, as it may be shown to whoever gets it. `kind` is `text`, `note` or `change`; a change carries what it did (`what`), the number of the message that looks different (`target`) and how it looks now (`now`). A hidden message and one that is gone (`retracted`, `expired`) have neither text nor HTML nor files. */
export interface Item {
  c: number;
  seq: number;
  id: string;
  kind: string;
  at: string;
  sender: number | null;
  name: string;
  initials: string;
  place: string;
  hue: string;
  text: string;
  html: string;
  hidden: boolean;
  ref: number;
  target: number | null;
  what: string;
  now: Item | null;
  reply: Quote | null;
  thread: number | null;
  replies: number;
  mentions: number[];
  everyone: boolean;
  edited: string | null;
  gone: string;
  pinned: boolean;
  files: File[];
  reactions: Reaction[];
}

/** The line is open: who I am, and how often to say `ping` (seconds). A `beat` follows. */
export interface Welcome {
  op: "welcome";
  person: number;
  beat: number;
}

/** Your message is stored under this number; said after the commit only. */
export interface Ack {
  op: "ack";
  id: string;
  c: number;
  seq: number;
  at: string;
}

/** Your message is not stored. With `retry` (seconds) send the same again later; without, it never will be. */
export interface Nack {
  op: "nack";
  id: string;
  c: number;
  code: string;
  reason: string;
  retry: number | null;
}

/** The entries that follow on number `after`, in order, all that I may see; `more` follows by itself. Who holds less than `after` has missed something and says `sync`; what one has already, one drops. */
export interface Messages {
  op: "messages";
  c: number;
  after: number;
  items: Item[];
  more: boolean;
}

/** Something new in a conversation that I did not subscribe to: its last number, and the last line said there. */
export interface Head {
  op: "head";
  c: number;
  head: number;
  at: string;
  sender: number | null;
  name: string;
  line: string;
  mentions: number[];
  everyone: boolean;
}

/** How everything of mine stands: answer to `ping`, and sent by itself when a read mark or a seat changed. `heads` is the last number of every conversation I am in; `unread` counts the unread messages of those that have some (100: more); `count` is the number of conversations with something unread, silent ones left out. */
export interface Beat {
  op: "beat";
  heads: Record<string, number>;
  unread: Record<string, number>;
  count: number;
  mentioned: number[];
}

/** I am not in this conversation (any more); nothing of it comes. */
export interface Gone {
  op: "gone";
  c: number;
}

/** Somebody is writing in a conversation that I show; holds for some seconds, or until something of theirs comes. */
export interface Typing {
  op: "typing";
  c: number;
  person: number;
  name: string;
}

/** Who of a conversation that I show is here now, of those who let it be seen. */
export interface Presence {
  op: "presence";
  c: number;
  people: number[];
}

/** This server ends soon: come back after so many seconds, without hurry, to whichever answers then. */
export interface Bye {
  op: "bye";
  wait: number;
}

/** The last frame was not understood, or its command refused. */
export interface Fault {
  op: "error";
  code: string;
  reason: string;
}

export type Command = Hello | Subscribe | Unsubscribe | Send | Read | Sync | Ping | Taken | Writing;

export type Event = Welcome | Ack | Nack | Messages | Head | Beat | Gone | Typing | Presence | Bye | Fault;
