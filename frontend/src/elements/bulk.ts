import { all, define, one } from "../dom";

/**
 * `<x-bulk>` around a list with a box in each row and a bar of deeds. The bar comes with the first tick and counts.
 * Without script the bar stands below the list all the time.
 */
class Bulk extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", (event) => {
      const box = event.target;
      if (box instanceof HTMLInputElement && box.matches("[data-all]")) {
        for (const each of this.#boxes()) each.checked = box.checked;
      }
      this.#look();
    });
    one("[data-clear]", this)?.addEventListener("click", () => {
      for (const each of this.#boxes()) each.checked = false;
      this.#look();
    });
    this.#look();
  }

  #boxes(): HTMLInputElement[] {
    return all<HTMLInputElement>("input[type=checkbox][data-row]", this);
  }

  #look(): void {
    const boxes = this.#boxes();
    const count = boxes.filter((each) => each.checked).length;
    for (const each of boxes) each.closest("tr")?.classList.toggle("on", each.checked);
    const whole = one<HTMLInputElement>("[data-all]", this);
    if (whole) {
      whole.checked = count > 0 && count === boxes.length;
      whole.indeterminate = count > 0 && count < boxes.length;
      whole.classList.toggle("some", whole.indeterminate);
    }
    const bar = one("[data-bar]", this);
    if (bar) bar.hidden = count === 0;
    const words = one("[data-count]", this);
    if (words) words.textContent = String(count);
  }
}

define("x-bulk", Bulk);
