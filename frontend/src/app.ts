/** The dashboard's script. Every action is a link or a form already; this makes them quicker. */
import "./elements/offline";
import "./elements/session";
import "./elements/dialog";
import "./elements/menus";
import "./elements/theme";
import "./elements/forms";
import "./elements/toast";
import "./elements/palette";
import "./elements/passkey";
import "./elements/dirty";
import "./elements/drawer";
import "./elements/copy";
import "./elements/print";
import "./elements/strip";
import "./elements/bulk";
import "./elements/index";
import "./elements/hotkeys";
import "./elements/time";
import "./elements/sortable";
import { withHtmx } from "./elements/early";

const WANTS_HTMX = "[hx-get], [hx-post], [hx-boost]";

if (document.querySelector(WANTS_HTMX)) void withHtmx();
if (document.querySelector("x-calendar")) void import("./elements/calendar");
document.documentElement.classList.add("js");
