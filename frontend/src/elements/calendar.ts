import { all, define, one } from "../dom";
import { EXPIRED } from "./session";

const STEP = 5; // minutes a row
const NEAR = 5; // pixels that a hand trembles
const LONG = 400; // milliseconds of a long press
const LATE = 350; // milliseconds that a click may come after a finger has left
const GRIP = 10; // pixels at the lower end that change the length

/** Where a booking is drawn: its column, its first row from 1, and how many rows it is high. */
interface Place {
  column: HTMLElement;
  row: number;
  rows: number;
}

const numberOf = (element: Element, name: string): number =>
  Number(new RegExp(`(?:^| )${name}-(\\d+)`).exec(element.className)?.[1] ?? 1);

/** What stands in a column between two rows and is not `but`. */
const across = (column: HTMLElement, from: number, until: number, but: Element): HTMLElement | undefined =>
  all(".ev:not(.free, .drag)", column).find((each) => {
    const row = numberOf(each, "at");
    return each !== but && row < until && row + numberOf(each, "for") > from;
  });

/**
 * `<x-calendar>` around the hours. A booking (`data-move`: where its new time is sent to) is dragged to another time or
 * column, or by its lower end to another length; with a finger after a long press, with the keys after M. A long press
 * on free time books it, as a tap does: the menu that browsers have for links would only be in the way. Nothing is
 * decided here: a drop asks whether the customer is told, the form goes to the server, and what the server says is
 * shown. Without script each booking is a link to its page, which has the same form.
 *
 * A request is accepted and declined in its card: the same forms, sent from here, and the hours as they are then.
 */
class Calendar extends HTMLElement {
  #event: HTMLElement | null = null;
  #origin: Place | null = null;
  #here: Place | null = null;
  #ghost: HTMLElement | null = null;
  #mode: "move" | "size" = "move";
  #pressed: { x: number; y: number; grab: number; id: number } | null = null;
  #timer = 0;
  #held: HTMLElement | null = null; // free time under a finger that has stayed
  #isByKeys = false;

  connectedCallback(): void {
    this.addEventListener("pointerdown", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("contextmenu", (event) => (this.#ghost ?? this.#held) && event.preventDefault());
    this.addEventListener("dragstart", (event) => event.preventDefault());
    // A drop is no click on the booking.
    this.addEventListener("click", this.#click, true);
    this.addEventListener("focusout", () => this.#isByKeys && this.#putBack());
    document.addEventListener("click", this.#open);
    document.addEventListener("pointermove", this.#drag);
    document.addEventListener("pointerup", this.#drop);
    document.addEventListener("pointercancel", this.#cancel);
    document.addEventListener("keydown", this.#escape, true);
    // Once a finger drags, the page must not scroll.
    document.addEventListener("touchmove", this.#hold, { passive: false });
    const dialog = this.#dialog;
    one("[data-keep]", this)?.addEventListener("click", () => dialog?.close());
    dialog?.addEventListener("close", () => this.#putBack());
    one("form", dialog ?? undefined)?.addEventListener("submit", (event) => {
      if (!dialog || event.defaultPrevented) return;
      event.preventDefault();
      void this.#send(event.target as HTMLFormElement);
    });
    this.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (event.defaultPrevented || !form.matches("[data-answer]")) return;
      event.preventDefault();
      void this.#send(form, form.closest<HTMLElement>("[data-of]")?.dataset.of);
    });
    const quick = this.#quick;
    quick?.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      void this.#book(event.target as HTMLFormElement, event.submitter);
    });
    quick?.addEventListener("input", (event) => this.#seek(event.target));
    quick?.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-close]")) quick.close();
    });
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.#open);
    document.removeEventListener("pointermove", this.#drag);
    document.removeEventListener("pointerup", this.#drop);
    document.removeEventListener("pointercancel", this.#cancel);
    document.removeEventListener("keydown", this.#escape, true);
    document.removeEventListener("touchmove", this.#hold);
  }

  get #dialog(): HTMLDialogElement | null {
    return one<HTMLDialogElement>("dialog[data-drop]", this);
  }

  get #quick(): HTMLDialogElement | null {
    return one<HTMLDialogElement>("dialog[data-new]", this);
  }

  // --- With a pointer -------------------------------------------------------------------------------------------------

  #press(event: PointerEvent): void {
    const free = event.target instanceof Element ? event.target.closest<HTMLElement>(".free[data-quick]") : null;
    if (free && event.pointerType === "touch") {
      this.#putBack();
      this.#pressed = { x: event.clientX, y: event.clientY, grab: 0, id: event.pointerId };
      this.#timer = window.setTimeout(() => {
        this.#held = free;
        free.classList.add("held");
      }, LONG);
      return;
    }
    const booking = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-move]") : null;
    if (!booking || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const box = booking.getBoundingClientRect();
    this.#putBack();
    this.#event = booking;
    this.#mode = event.clientY > box.bottom - GRIP && box.height > 2 * GRIP ? "size" : "move";
    this.#pressed = { x: event.clientX, y: event.clientY, grab: event.clientY - box.top, id: event.pointerId };
    if (event.pointerType === "touch") this.#timer = window.setTimeout(() => this.#begin(), LONG);
  }

  #drag = (event: PointerEvent): void => {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.id) return;
    if (!this.#ghost) {
      const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
      if (far < NEAR) return;
      // A finger that moves before the press was long scrolls the page.
      if (event.pointerType === "touch") return this.#forget();
      this.#begin();
    }
    if (event.clientY < 120) window.scrollBy(0, -12);
    if (event.clientY > window.innerHeight - 60) window.scrollBy(0, 12);
    const origin = this.#origin;
    if (!origin) return;
    const column = this.#columnAt(event.clientX) ?? this.#here?.column ?? origin.column;
    const height = this.#height(column);
    const top = column.getBoundingClientRect().top + Number.parseFloat(getComputedStyle(column).paddingTop);
    const rowAt = (y: number): number => this.#snapped((y - top) / height, event.shiftKey) + 1;
    if (this.#mode === "size") {
      const rows = rowAt(event.clientY) - origin.row;
      this.#show({ ...origin, rows: Math.max(rows, 1) });
    } else {
      this.#show({ column, row: Math.max(rowAt(event.clientY - pressed.grab), 1), rows: origin.rows });
    }
  };

  #drop = (event: PointerEvent): void => {
    if (!this.#pressed || event.pointerId !== this.#pressed.id) return;
    const [isDragging, held] = [this.#ghost !== null, this.#held];
    held?.click();
    if (event.pointerType === "touch") this.#ignore(held ?? (isDragging ? this.#event : null), LATE);
    else if (isDragging) this.#ignore(this, 0);
    this.#forget();
    if (isDragging) this.#ask();
  };

  #cancel = (): void => {
    if (this.#pressed) this.#putBack();
  };

  #hold = (event: TouchEvent): void => {
    if (this.#ghost && this.#pressed) event.preventDefault();
  };

  #click = (event: MouseEvent): void => {
    const isLate = event.target instanceof Node && this.#dropped?.contains(event.target);
    if (!this.#ghost && !isLate) return;
    if (event.target instanceof Element && event.target.closest("dialog")) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** The click that a drop leaves behind: of a mouse anywhere and at once, of a finger where it was. */
  #ignore(place: HTMLElement | null, late: number): void {
    if (!place) return;
    this.#dropped = place;
    window.setTimeout(() => (this.#dropped = null), late);
  }
  #dropped: HTMLElement | null = null;

  #columnAt(x: number): HTMLElement | undefined {
    return all(".cal-col", this).find((each) => {
      const box = each.getBoundingClientRect();
      return x >= box.left && x < box.right;
    });
  }

  #height(column: HTMLElement): number {
    return Number.parseFloat(getComputedStyle(column).gridAutoRows);
  }

  /** To the service's own steps; with Shift to five minutes. */
  #snapped(rows: number, isFine: boolean): number {
    const step = isFine ? 1 : this.#step;
    return Math.round(rows / step) * step;
  }

  /** Rows a step. What begins at half past must fit, too, whatever the service's step. */
  get #step(): number {
    let [step, half] = [Number(this.#event?.dataset.step ?? STEP), 30];
    while (half) [step, half] = [half, step % half];
    return Math.max(step / STEP, 1);
  }

  // --- With keys ------------------------------------------------------------------------------------------------------

  #key(event: KeyboardEvent): void {
    const booking = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-move]") : null;
    if (!booking || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#isByKeys) {
      if (event.key.toLowerCase() !== "m") return;
      event.preventDefault();
      event.stopPropagation();
      this.#event = booking;
      this.#begin();
      this.#isByKeys = true;
      this.#say(this.dataset.picked, { name: booking.dataset.name });
      return;
    }
    const here = this.#here;
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1, Enter: 0 }[event.key];
    if (!here || by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") return this.#ask();
    const isAcross = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (isAcross) {
      const columns = all(".cal-col", this);
      const column = columns[columns.indexOf(here.column) + by];
      if (column) this.#show({ ...here, column });
    } else if (event.shiftKey) {
      this.#show({ ...here, rows: Math.max(here.rows + by, 1) });
    } else {
      this.#show({ ...here, row: Math.max(here.row + by * this.#step, 1) });
    }
    const why = one(".why", this.#ghost ?? undefined)?.textContent ?? "";
    this.#say(`${this.#said()}. ${why}`);
  }

  #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#ghost || this.#dialog?.open) return;
    event.preventDefault();
    event.stopPropagation();
    this.#say(this.dataset.back, { name: this.#event?.dataset.name });
    this.#putBack();
  };

  // --- The card that moves --------------------------------------------------------------------------------------------

  #begin(): void {
    const booking = this.#event;
    const column = booking?.closest<HTMLElement>(".cal-col");
    if (!booking || !column) return;
    this.#origin = { column, row: numberOf(booking, "at"), rows: numberOf(booking, "for") };
    this.#ghost = document.createElement("div");
    this.#ghost.innerHTML = '<b></b><span class="at"></span><span class="why"></span>';
    this.#ghost.setAttribute("aria-hidden", "true");
    booking.classList.add("from");
    document.documentElement.classList.add("dragging");
    this.#show(this.#origin);
  }

  #show(place: Place): void {
    const [ghost, booking] = [this.#ghost, this.#event];
    if (!ghost || !booking) return;
    const most = Math.round((place.column.clientHeight - 11) / this.#height(place.column));
    place.rows = Math.min(place.rows, most);
    place.row = Math.min(place.row, most - place.rows + 1);
    this.#here = place;
    const against = across(place.column, place.row, place.row + place.rows, booking);
    // Of a pool another unit may be free: only the server knows.
    const isClash = against !== undefined && !/lanes-/.test(place.column.className);
    ghost.className = `ev drag at-${place.row} for-${place.rows}${isClash ? " clash" : ""}`;
    (one("b", ghost) as HTMLElement).textContent = booking.dataset.name ?? "";
    (one(".at", ghost) as HTMLElement).textContent = this.#times(place);
    (one(".why", ghost) as HTMLElement).textContent = isClash ? this.#reason(place.column, against) : "";
    if (ghost.parentElement !== place.column) place.column.append(ghost);
  }

  #reason(column: HTMLElement, against: HTMLElement): string {
    const name = one("b", against)?.textContent ?? "";
    if (against.matches(".off, .shut")) return name;
    const until = this.#clock(column, numberOf(against, "at") + numberOf(against, "for"));
    return this.#filled(this.dataset.overlaps, { name, time: until });
  }

  #instant(column: HTMLElement, row: number): Date {
    return new Date(Date.parse(column.dataset.first ?? "") + (row - 1) * STEP * 60_000);
  }

  #clock(column: HTMLElement, row: number): string {
    const options = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: this.dataset.zone } as const;
    return new Intl.DateTimeFormat("en-GB", options).format(this.#instant(column, row)).replace(/^0(?=\d)/, "");
  }

  #times({ column, row, rows }: Place): string {
    return `${this.#clock(column, row)}–${this.#clock(column, row + rows)}`;
  }

  /** 12:45–13:30 with Dani; in a week the day, as its column is called. */
  #said(): string {
    const here = this.#here;
    if (!here) return "";
    const columns = all(".cal-col", this);
    const isWeek = columns.length > 1 && columns[0]?.dataset.resource === columns.at(-1)?.dataset.resource;
    const when = isWeek ? `${here.column.getAttribute("aria-label") ?? ""}, ${this.#times(here)}` : this.#times(here);
    return this.#filled(this.dataset.with, { when, name: here.column.dataset.name });
  }

  #filled(text = "", values: Record<string, string | undefined> = {}): string {
    return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  }

  #say(text = "", values: Record<string, string | undefined> = {}): void {
    const line = one("[data-said]", this);
    if (line) line.textContent = this.#filled(text, values);
  }

  #forget(): void {
    window.clearTimeout(this.#timer);
    this.#pressed = null;
    this.#held?.classList.remove("held");
    this.#held = null;
  }

  #putBack(): void {
    this.#forget();
    this.#ghost?.remove();
    this.#event?.classList.remove("from");
    document.documentElement.classList.remove("dragging");
    this.#ghost = this.#event = this.#origin = this.#here = null;
    this.#isByKeys = false;
  }

  // --- The server decides ---------------------------------------------------------------------------------------------

  #ask(): void {
    const [dialog, here, origin, booking] = [this.#dialog, this.#here, this.#origin, this.#event];
    const form = one<HTMLFormElement>("form", dialog ?? undefined);
    document.documentElement.classList.remove("dragging");
    if (!dialog || !form || !here || !origin || !booking) return this.#putBack();
    if (here.column === origin.column && here.row === origin.row && here.rows === origin.rows) return this.#putBack();
    const put = (name: string, value: string): void => {
      (form.elements.namedItem(name) as HTMLInputElement).value = value;
    };
    form.action = booking.dataset.move ?? "";
    put("at", `${this.#instant(here.column, here.row).toISOString().slice(0, 16)}Z`);
    put("resource", here.column.dataset.resource ?? "");
    put("minutes", here.rows === origin.rows ? "" : String(here.rows * STEP));
    (one("h2", dialog) as HTMLElement).textContent = booking.dataset.name ?? "";
    (one("[data-when]", dialog) as HTMLElement).textContent = this.#said();
    // A booking that clashes is not worth a question: the server says in words why it cannot be had.
    if (this.#ghost?.classList.contains("clash")) void this.#send(form);
    else {
      this.#isByKeys = false;
      dialog.showModal();
    }
  }

  /** Sends the form, shows the hours as they are then, and stays at the booking `of`. */
  async #send(form: HTMLFormElement, of = this.#event?.dataset.of): Promise<void> {
    const address = new URL(form.action);
    const answer = await this.#fetch(address, { method: "POST", body: new FormData(form) });
    if (answer !== null) this.#swap(new DOMParser().parseFromString(answer, "text/html"));
    this.#putBack();
    this.#dialog?.close();
    this.#stay(of);
  }

  /** The keyboard goes on where it was, though the hours are new: at the booking, or where it has gone at the grid. */
  #stay(of = ""): void {
    const card = all(`[data-of="${of}"]`, this).find((each) => each.offsetParent);
    const link = card && !card.matches("a") ? one("a", card) : card;
    (link ?? one("[data-grid]", this))?.focus({ preventScroll: true });
  }

  // --- A new booking --------------------------------------------------------------------------------------------------

  /** The short form over the calendar. Without script, or with Ctrl, the link leads to the whole one. */
  #open = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-quick]") : null;
    const dialog = this.#quick;
    if (!link || !dialog || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = new URL(link.href);
    url.searchParams.set("part", "quick");
    url.searchParams.set("back", dialog.dataset.back ?? "");
    void this.#fetch(url, {}, link.href).then((answer) => {
      if (answer === null) return;
      dialog.innerHTML = answer;
      dialog.showModal();
      one("[name=name], [name=reason]", dialog)?.focus();
    });
  };

  /** Customers who are called what is typed. */
  #seek(target: EventTarget | null): void {
    const place = one("[data-matches]", this);
    if (!(target instanceof HTMLInputElement) || target.name !== "name" || !place) return;
    window.clearTimeout(this.#seeking);
    this.#seeking = window.setTimeout(() => {
      const url = new URL(place.dataset.matches ?? "", location.href);
      url.searchParams.set("q", target.value);
      void this.#fetch(url).then((answer) => {
        if (answer !== null) place.innerHTML = answer;
      });
    }, 200);
  }
  #seeking = 0;

  async #book(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
    const dialog = this.#quick;
    const answer = await this.#fetch(new URL(form.action), { method: "POST", body: new FormData(form, button) });
    if (answer === null || !dialog) return;
    const page = new DOMParser().parseFromString(answer, "text/html");
    if (one("x-calendar", page)) {
      dialog.close();
      this.#swap(page);
      this.#stay();
    } else {
      dialog.innerHTML = answer;
      one("[role=alert], [aria-invalid]", dialog)?.focus();
    }
  }

  /** The text of an answer; null where the person is sent elsewhere. */
  async #fetch(url: URL, options: RequestInit = {}, otherwise = ""): Promise<string | null> {
    try {
      const answer = await fetch(url, { ...options, headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401) document.dispatchEvent(new Event(EXPIRED));
      else if (answer.ok || answer.status === 409 || answer.status === 422) return await answer.text();
      else if (otherwise) location.assign(otherwise);
    } catch {
      this.#say(this.dataset.failed);
    }
    return null;
  }

  /** What the page would show after the form: the hours as they are now, what the menu counts, and the note. */
  #swap(page: Document): void {
    for (const part of ["x-calendar [data-grid]", ".rail-list", ".tabbar"]) {
      const fresh = one(part, page);
      if (fresh) one(part)?.replaceWith(document.adoptNode(fresh));
    }
    for (const note of all(".toasts")) note.remove();
    const notes = one(".toasts", page);
    if (!notes) return;
    one("main")?.before(document.adoptNode(notes));
    this.#say(notes.textContent?.replace(/\s+/g, " ").trim());
  }
}

define("x-calendar", Calendar);
