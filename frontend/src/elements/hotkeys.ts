import { all, isTyping, one } from "../dom";
import { Index } from "./index";

/**
 * `data-hotkey="g b"` on a visible link or button. `?` shows them all. A switch in that sheet turns single letters
 * off and is remembered on this device (WCAG 2.1.4).
 */
const STORE = "flectar.hotkeys";
const PATIENCE = 1200;

const isOff = (): boolean => localStorage.getItem(STORE) === "off";

/* The link of each row that a list shows: J and K walk over them, Enter opens as it opens any link. */
const ROWS = "main :is(.table, .next, .agenda, .rows) .quietlink";

const rowOf = (element: Element | null): HTMLElement | null => element?.closest<HTMLElement>("main tr") ?? null;
const listOf = (element: Element | null): Index | null => {
  const list = element?.closest("x-index");
  return list instanceof Index ? list : null;
};

function step(by: 1 | -1): void {
  const rows = all<HTMLElement>(ROWS).filter((each) => each.checkVisibility() && !each.closest(".peek"));
  const row = rowOf(document.activeElement) ?? one("tr.peeked");
  const here = rows.findIndex((each) => each === document.activeElement || (row !== null && rowOf(each) === row));
  const next = here < 0 ? (by > 0 ? rows[0] : rows.at(-1)) : rows[here + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  // The panel follows the row.
  const list = listOf(next ?? null);
  if (list?.isPeeking && next) list.peek(next);
}

/** What a key does to the row that has the focus. */
function ofRow(key: string): boolean {
  const row = rowOf(document.activeElement);
  if (!row) return false;
  if (key === "x") one<HTMLInputElement>("input[data-row]", row)?.click();
  else if (key === " ") listOf(row)?.peek(row);
  else if (key === "e" && row.dataset.edit) location.assign(row.dataset.edit);
  else return false;
  return true;
}

let typed = "";
let forget = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOff()) return;
  if (one("dialog[open]")) return;
  if (event.key === "?") {
    one<HTMLDialogElement>("dialog#shortcuts")?.showModal();
    return;
  }
  // A button and a box have their own Space.
  if (event.key === " " && event.target instanceof Element && event.target.matches("button, summary, input")) return;
  if (!typed && ofRow(event.key)) {
    event.preventDefault();
    return;
  }
  if ((event.key === "j" || event.key === "k") && !typed) {
    step(event.key === "j" ? 1 : -1);
    return;
  }
  if (!/^[a-z/]$/.test(event.key)) return;
  window.clearTimeout(forget);
  forget = window.setTimeout(() => (typed = ""), PATIENCE);
  typed = `${typed} ${event.key}`.trim().split(" ").slice(-2).join(" ");
  const targets = all<HTMLElement>("[data-hotkey]").filter((each) => each.checkVisibility());
  const target = targets.find((each) => each.dataset.hotkey === typed) ?? targets.find((each) => each.dataset.hotkey === event.key);
  if (!target) return;
  event.preventDefault();
  typed = "";
  if (target instanceof HTMLInputElement) target.focus();
  else {
    target.click();
    // A menu that a key opened goes on by keys.
    if (target.matches("summary")) target.parentElement?.querySelector<HTMLElement>(".menu a")?.focus();
  }
});

const toggle = one<HTMLInputElement>("#shortcuts [data-hotkeys]");
if (toggle) {
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "off");
  });
}
