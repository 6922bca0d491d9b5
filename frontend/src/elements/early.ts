/**
 * htmx is asked for by the pages that use it, and arrives after the page. What somebody chose or typed in the meantime
 * is told to it again once it is there: without this a filter that is chosen at once would show nothing new, and no
 * error either.
 */
const early = new Set<EventTarget>();
const note = (event: Event): void => {
  if (event.target) early.add(event.target);
};

async function withHtmx(): Promise<void> {
  document.addEventListener("input", note, true);
  await import("htmx.org/dist/htmx.esm.js");
  // It takes hold of the page in a timer of its own, which is ahead of this one.
  await new Promise((ready) => setTimeout(ready));
  document.removeEventListener("input", note, true);
  for (const field of early) field.dispatchEvent(new Event("input", { bubbles: true }));
}

export { withHtmx };
