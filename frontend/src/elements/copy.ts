import { define, one } from "../dom";

/** `<x-copy data-text="…" data-done="Copied">` around a button. Without script the button is hidden: the text can be selected. */
class Copy extends HTMLElement {
  connectedCallback(): void {
    const button = one("button", this);
    const label = one("[data-label]", this) ?? button;
    button?.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.text ?? "");
      const before = label?.textContent ?? "";
      if (label) label.textContent = this.dataset.done ?? before;
      window.setTimeout(() => label && (label.textContent = before), 2000);
    });
  }
}

define("x-copy", Copy);
