/** A strip of pages that is wider than the screen begins with the page that is open in sight. */
for (const strip of document.querySelectorAll<HTMLElement>(".subnav, .tabs")) {
  const open = strip.querySelector<HTMLElement>("[aria-current]");
  if (open && strip.scrollWidth > strip.clientWidth) {
    const gap = open.getBoundingClientRect().left - strip.getBoundingClientRect().left;
    strip.scrollLeft += gap - (strip.clientWidth - open.clientWidth) / 2;
  }
}
