(what, name) => {
  // What somebody means who names a control, or a field by its label, as it reads on
  // the page. It is scrolled to, and where to click is told.
  const plain = (text) => (text || "").replace(/\s+/g, " ").trim();
  const seen = (el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0;
  const reads = (el) => plain(el.getAttribute("aria-label") || el.innerText || el.value);
  const all = [...document.querySelectorAll(what === "field" ? "label, select[aria-label], input[aria-label], textarea[aria-label]" : "a[href], button, summary, label")].filter(seen);
  if (what === "all") return all.map(reads);
  const exact = all.filter((el) => reads(el) === name);
  const meant = exact.length ? exact : all.filter((el) => reads(el).includes(name));
  if (meant.length === 0) return { Error: `nothing there reads “${name}”` };
  if (meant.length > 1 && new Set(meant.map((el) => el.href || el)).size > 1) return { Error: `${meant.length} things read “${name}”` };
  const el = meant[0];
  let field = null;
  if (what === "field") {
    field = el.matches("label") ? el.control : el;
    if (!field) return { Error: `the label “${name}” belongs to no field` };
    window.browsertestField = field;
  }
  el.scrollIntoView({ block: "center", behavior: "instant" });
  const r = el.getClientRects()[0];
  const x = r.left + Math.min(r.width / 2, 40), y = r.top + r.height / 2;
  const top = document.elementFromPoint(x, y);
  if (!top || !(el === top || el.contains(top) || top.contains(el) && what === "field")) {
    return { Error: `“${name}” cannot be clicked on: ${top ? `<${top.tagName.toLowerCase()} class="${top.className}">` : "nothing"} is there` };
  }
  return { X: x, Y: y, Kind: field ? field.type : "" };
}
