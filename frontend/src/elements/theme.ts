import { all } from "../dom";

/** The appearance form works by itself (a post, a cookie, a page). Here it changes at once, then posts behind. */

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-appearance]") || !(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const theme = button.value;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const each of all<HTMLButtonElement>("button[name=theme]")) {
    each.setAttribute("aria-pressed", String(each.value === theme));
  }
  void fetch(form.action, { method: "POST", body: new FormData(form, button), redirect: "manual" });
});
