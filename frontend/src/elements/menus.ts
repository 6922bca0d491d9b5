import { all } from "../dom";

/** Menus are `<details class="pop">`. Script only closes them: on Esc, on a click elsewhere, when another opens. */

const open = (): HTMLDetailsElement[] => all<HTMLDetailsElement>("details.pop[open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
