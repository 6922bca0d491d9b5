/** `commandfor` and `closedby` for browsers that do not know them yet. */

const knowsCommands = "commandForElement" in HTMLButtonElement.prototype;
const knowsClosedBy = "closedBy" in HTMLDialogElement.prototype;

const obey = (button: HTMLButtonElement): void => {
  const dialog = document.getElementById(button.getAttribute("commandfor") ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const command = button.getAttribute("command");
  if (command === "show-modal" && !dialog.open) dialog.showModal();
  if (command === "close" || command === "request-close") dialog.close();
};

if (!knowsCommands) {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[commandfor]") : null;
    if (button instanceof HTMLButtonElement) obey(button);
  });
}

if (!knowsClosedBy) {
  document.addEventListener("click", (event) => {
    const dialog = event.target;
    if (dialog instanceof HTMLDialogElement && dialog.getAttribute("closedby") === "any") dialog.close();
  });
}
