import { all, isTyping, one } from "../dom";

/**
 * `data-hotkey="g b"` on a visible link or button. `?` shows them all. A switch in that sheet turns single letters
 * off and is remembered on this device (WCAG 2.1.4).
 */
const STORE = "flectar.hotkeys";
const PATIENCE = 1200;

const isOff = (): boolean => localStorage.getItem(STORE) === "off";

/* The link of each row that a list shows: J and K walk over them, Enter opens as it opens any link. */
const ROWS = "main :is(.table, .next, .agenda, .rows) .quietlink";

function step(by: 1 | -1): void {
  const rows = all<HTMLElement>(ROWS).filter((each) => each.checkVisibility());
  const here = rows.findIndex((each) => each === document.activeElement);
  const next = here < 0 ? (by > 0 ? rows[0] : rows.at(-1)) : rows[here + by];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
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
  if ((event.key === "j" || event.key === "k") && !typed) {
    step(event.key === "j" ? 1 : -1);
    return;
  }
  if (!/^[a-z/]$/.test(event.key)) return;
  window.clearTimeout(forget);
  forget = window.setTimeout(() => (typed = ""), PATIENCE);
  typed = `${typed} ${event.key}`.trim().split(" ").slice(-2).join(" ");
  const targets = all<HTMLElement>("[data-hotkey]");
  const target = targets.find((each) => each.dataset.hotkey === typed) ?? targets.find((each) => each.dataset.hotkey === event.key);
  if (!target) return;
  event.preventDefault();
  typed = "";
  if (target instanceof HTMLInputElement) target.focus();
  else target.click();
});

const toggle = one<HTMLInputElement>("#shortcuts [data-hotkeys]");
if (toggle) {
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "off");
  });
}
