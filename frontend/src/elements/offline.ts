import { one } from "../dom";

/* Says that there is no network, before somebody sends a form into nothing. */
const say = (): void => {
  const bar = one("[data-offline]");
  if (bar) bar.hidden = navigator.onLine;
};

window.addEventListener("online", say);
window.addEventListener("offline", say);
say();

/* A form sent without a network would show the browser's own error page, and what was typed with it. */
document.addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say();
  },
  true,
);
