import { all, define, one } from "../dom";

/**
 * `<x-dirty>` around a long form. As soon as something differs it shows the bar with the names of the changed
 * fields, and asks before the page is left. Without script the form keeps its own Save button.
 */
class Dirty extends HTMLElement {
  #form = one<HTMLFormElement>("form", this);
  #bar = one("[data-bar]", this);
  #before = "";
  #isSaving = false;

  connectedCallback(): void {
    if (!this.#form) return;
    this.#before = this.#state();
    this.#form.addEventListener("input", () => this.#look());
    this.#form.addEventListener("reset", () => window.setTimeout(() => this.#look()));
    this.#form.addEventListener("submit", () => (this.#isSaving = true));
    window.addEventListener("beforeunload", this.#leave);
  }

  disconnectedCallback(): void {
    window.removeEventListener("beforeunload", this.#leave);
  }

  #state(): string {
    return JSON.stringify([...new FormData(this.#form ?? undefined)].map(([name, value]) => [name, String(value)]));
  }

  #isDirty(): boolean {
    return this.#state() !== this.#before;
  }

  #look(): void {
    if (!this.#bar) return;
    this.#bar.hidden = !this.#isDirty();
    const names = one("[data-names]", this.#bar);
    if (names) names.textContent = this.#changed().slice(0, 3).join(", ");
  }

  #changed(): string[] {
    const labels = all<HTMLInputElement>("input, textarea, select", this.#form ?? document)
      .filter((field) => field.type !== "hidden" && differs(field))
      .map((field) => field.dataset.name ?? field.labels?.[0]?.firstChild?.textContent?.trim() ?? "");
    return [...new Set(labels)].filter(Boolean).map((label) => label.toLocaleLowerCase());
  }

  #leave = (event: BeforeUnloadEvent): void => {
    if (this.#isDirty() && !this.#isSaving) event.preventDefault();
  };
}

const differs = (field: HTMLInputElement | HTMLSelectElement): boolean => {
  if (field instanceof HTMLSelectElement) return [...field.options].some((each) => each.selected !== each.defaultSelected);
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
};

define("x-dirty", Dirty);
