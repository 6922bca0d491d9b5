import { all, isTyping, one } from "../dom";

/**
 * `data-hotkey="g b"` on a visible link or button. `?` shows them all. A switch in that sheet turns single letters
 * off and is remembered on this device (WCAG 2.1.4).
 */
const STORE = "flectar.hotkeys";
const PATIENCE = 1200;

const isOff = (): boolean => localStorage.getItem(STORE) === "off";

let typed = "";
let forget = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOff()) return;
  if (one("dialog[open]")) return;
  if (event.key === "?") {
    one<HTMLDialogElement>("dialog#shortcuts")?.showModal();
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
