import htmx from "htmx.org";
import "./styles/main.scss";
import * as autosave from "./islands/autosave";
import * as centerCurrent from "./islands/center-current";
import * as confirm from "./islands/confirm";
import * as copy from "./islands/copy";
import * as count from "./islands/count";
import * as dialog from "./islands/dialog";
import * as editor from "./islands/editor";
import * as errorSummary from "./islands/error-summary";
import * as localTime from "./islands/local-time";
import * as menu from "./islands/menu";
import * as push from "./islands/push";
import * as searchShortcut from "./islands/search-shortcut";
import * as signOut from "./islands/sign-out";
import * as suggest from "./islands/suggest";
import * as tags from "./islands/tags";
import * as theme from "./islands/theme";
import { watchBadge } from "./lib/badge";
import { csrfToken } from "./lib/csrf";
import { mountAll, type Mount } from "./lib/mount";

const islands: Record<string, Mount> = {
  autosave: autosave.mount,
  "center-current": centerCurrent.mount,
  confirm: confirm.mount,
  copy: copy.mount,
  count: count.mount,
  dialog: dialog.mount,
  editor: editor.mount,
  "error-summary": errorSummary.mount,
  "local-time": localTime.mount,
  menu: menu.mount,
  push: push.mount,
  "search-shortcut": searchShortcut.mount,
  "sign-out": signOut.mount,
  suggest: suggest.mount,
  tags: tags.mount,
  theme: theme.mount,
};

// htmx 4 inherits no attributes, so the token is set here, once, for every request that changes something.
document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (!/^(GET|HEAD)$/i.test(request.method)) request.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:after:swap", () => mountAll(islands));

mountAll(islands);
watchBadge();
export { htmx };
