/** Two habits of every form: `data-auto` submits on change, and a form is sent once. */

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLElement && field.matches("[data-auto], [data-auto] *")) field.closest("form")?.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  // A file comes, and the page stays.
  if (event.submitter?.matches("[data-file]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

/* Coming back with the Back button shows the page as it was left: let it be sent again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
});

/* A list of errors is where the eye must go first. */
document.querySelector<HTMLElement>("[data-errors]")?.focus();
