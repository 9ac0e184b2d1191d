"use strict";
// What the workbench can do beyond its form: the preview follows while somebody
// types, the condition has numbered lines, and the words it may use are offered.
// Everything works without it.
(() => {
  const form = document.querySelector("form.bench");
  if (!form) return;

  // The preview: asked for a moment after the last key, given up when typing goes on.
  const region = form.querySelector("#preview");
  const tried = region.querySelector("[data-part=tried]");
  const says = region.querySelector("[data-says]");
  let waiting = 0, asking = null;

  const besideFields = () => {
    const wrong = new Map();
    tried.querySelectorAll(".mend li").forEach((li) => {
      const texts = wrong.get(li.dataset.field) || [];
      texts.push(li.querySelector("span").textContent);
      wrong.set(li.dataset.field, texts);
    });
    form.querySelectorAll(".field").forEach((field) => {
      const name = field.dataset.field, input = document.getElementById("f-" + name), slot = document.getElementById("f-" + name + "-wrong");
      if (!input || !slot || name === "reason") return;
      if (name !== "when") slot.textContent = (wrong.get(name) || []).join(" ");
      if (wrong.has(name)) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
  };

  const show = (answer) => {
    const parts = new DOMParser().parseFromString(answer, "text/html");
    const fresh = parts.querySelector("[data-part=tried]"), carets = parts.querySelector("[data-part=carets]");
    if (!fresh) return;
    const open = tried.querySelector("details.numbers[open]");
    tried.replaceChildren(...fresh.childNodes);
    if (open) tried.querySelectorAll("details.numbers").forEach((d) => { d.open = true; });
    const slot = document.getElementById("f-when-wrong");
    if (slot && carets) slot.replaceChildren(...carets.childNodes);
    besideFields();
    const sentence = tried.querySelector(".sentence");
    says.textContent = sentence ? sentence.textContent : "";
    document.dispatchEvent(new Event("charts"));
  };

  const ask = async () => {
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    region.classList.add("asking");
    region.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" }, signal: mine.signal });
      const kind = answer.headers.get("Content-Type") || "";
      if (!answer.ok || !kind.startsWith("text/html")) throw new Error(String(answer.status));
      show(await answer.text());
    } catch {
      if (mine.signal.aborted) return;
      const p = document.createElement("p");
      p.className = "sentence";
      p.textContent = "The preview could not be had just now. Press “Preview” to try again; what you wrote can be saved all the same.";
      tried.replaceChildren(p);
      says.textContent = p.textContent;
    }
    if (asking === mine) {
      asking = null;
      region.classList.remove("asking");
      region.removeAttribute("aria-busy");
    }
  };

  const soon = (event) => {
    if (event.target.name === "reason") return;
    clearTimeout(waiting);
    if (asking) asking.abort();
    waiting = setTimeout(ask, 600);
  };
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "preview") {
      event.preventDefault();
      clearTimeout(waiting);
      ask();
    }
  });
  if (!tried.querySelector("figure, .mend")) ask();

  // Text that was asked for can be copied.
  if (navigator.clipboard) {
    document.querySelectorAll("pre.taken").forEach((pre) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
      });
      pre.after(button);
    });
  }

  // The editor.
  const editor = form.querySelector(".editor"), area = document.getElementById("f-when");
  if (!editor || !area) return;
  const gutter = editor.querySelector(".gutter");
  const number = () => {
    const lines = area.value.split("\n").length;
    gutter.textContent = Array.from({ length: lines }, (_, i) => i + 1 + "\n").join("");
    area.rows = Math.min(Math.max(lines + 1, 4), 30);
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", number);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; close(); });

  // typeOf is the type of what stands before a dot, as far as it can be told: names,
  // facts of facts, what functions give, and the entry a loop looks at.
  const typeOf = (words, path, text, depth = 0) => {
    if (depth > 8) return "";
    const parts = path.replace(/\([^()]*\)/g, "()").replace(/\[[^[\]]*\]/g, "[]").split(".");
    let type = "";
    for (let i = 0; i < parts.length; i++) {
      const name = parts[i].replace(/[()[\]]+$/, "");
      let word = words.find((w) => w.name === name && (i === 0 ? !w.of : w.of === type));
      if (!word && i === 0) {
        const loop = new RegExp("([\\w.()]+)\\.(?:exists|all|exists_one|filter|map)\\(\\s*" + name + "\\s*,").exec(text);
        type = loop ? typeOf(words, loop[1], text, depth + 1).replace(/^list of /, "") : "";
      } else {
        type = word ? word.gives : "";
      }
      if (parts[i].endsWith("[]")) type = type.replace(/^list of /, "");
    }
    return type;
  };

  // offered are the words that fit what stands before the caret.
  const offered = (words, text, at) => {
    const before = text.slice(0, at);
    const quotes = before.slice(before.lastIndexOf("\n") + 1).replace(/\\./g, "").match(/"/g);
    if (quotes && quotes.length % 2) return null; // inside a text
    const m = /((?:[a-z_]\w*(?:\([^()]*\)|\[[^[\]]*\])?\.)*)([A-Za-z_]\w*)?$/.exec(before);
    if (!m || (!m[1] && !m[2])) return null;
    const typed = (m[2] || "").toLowerCase();
    let fits;
    if (m[1]) {
      const type = typeOf(words, m[1].slice(0, -1), text);
      const of = type.startsWith("list") ? "list" : type;
      const names = new Set();
      fits = words.filter((w) => w.of && (of ? w.of === of || w.of === type : !names.has(w.name) && names.add(w.name)));
    } else {
      fits = words.filter((w) => !w.of);
    }
    fits = fits.filter((w) => w.name.toLowerCase().includes(typed) && w.name.toLowerCase() !== typed);
    fits.sort((a, b) => Number(b.name.toLowerCase().startsWith(typed)) - Number(a.name.toLowerCase().startsWith(typed)) || a.name.localeCompare(b.name));
    return { fits: fits.slice(0, 40), from: at - (m[2] || "").length };
  };

  // The list of words, after the combobox pattern: focus stays in the editor, arrow
  // keys move through the list, Enter takes, Escape leaves. Tab is never held.
  let words = null, loading = null, found = null, chosen = -1;
  const list = document.createElement("ul");
  list.id = "offered";
  list.className = "offered";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Words that fit here");
  list.hidden = true;
  editor.append(list);
  const count = document.createElement("p");
  count.className = "spoken";
  count.setAttribute("role", "status");
  editor.after(count);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");
  area.setAttribute("aria-controls", list.id);
  const keys = form.querySelector(".keys");
  if (keys) keys.hidden = false;

  function close() {
    list.hidden = true;
    found = null;
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
    count.textContent = "";
  }

  const choose = (n) => {
    const options = [...list.children];
    chosen = n === -1 ? -1 : (n + options.length) % options.length;
    options.forEach((li, i) => li.setAttribute("aria-selected", String(i === chosen)));
    if (chosen < 0) {
      area.removeAttribute("aria-activedescendant");
      return;
    }
    area.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  const take = (n) => {
    const word = found.fits[n], call = word.usage && word.usage.includes("(");
    const at = area.selectionStart, rest = area.value.slice(at).match(/^\w*/)[0].length;
    area.setRangeText(word.name + (call ? "()" : ""), found.from, at + rest, "end");
    if (call) area.selectionStart = area.selectionEnd = area.selectionEnd - 1;
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  };

  const place = () => {
    const style = getComputedStyle(area), before = area.value.slice(0, found.from).split("\n");
    const ruler = document.createElement("canvas").getContext("2d");
    ruler.font = style.fontSize + " " + style.fontFamily;
    const wide = ruler.measureText("0").width;
    const left = area.offsetLeft + parseFloat(style.paddingLeft) + before[before.length - 1].length * wide - area.scrollLeft;
    list.style.left = Math.max(0, Math.min(left, editor.clientWidth - list.offsetWidth)) + "px";
    list.style.top = area.offsetTop + parseFloat(style.paddingTop) + before.length * parseFloat(style.lineHeight) - area.scrollTop + "px";
  };

  const offer = async () => {
    if (!words) {
      loading = loading || fetch(editor.dataset.words, { headers: { Accept: "application/json" } }).then((a) => (a.ok ? a.json() : []));
      try { words = await loading; } catch { loading = null; return; }
    }
    if (document.activeElement !== area || area.selectionStart !== area.selectionEnd) return close();
    found = offered(words, area.value, area.selectionStart);
    if (!found || !found.fits.length) return close();
    list.replaceChildren(...found.fits.map((word, i) => {
      const li = document.createElement("li"), name = document.createElement("code"), help = document.createElement("span");
      li.id = "offered-" + i;
      li.setAttribute("role", "option");
      name.textContent = word.usage && word.usage.includes("(") ? word.usage : word.name;
      help.textContent = word.gives + (word.sometimes ? ", may be missing" : "") + " · " + word.help;
      li.append(name, help);
      li.addEventListener("mousedown", (event) => { event.preventDefault(); take(i); });
      return li;
    }));
    list.hidden = false;
    choose(-1);
    place();
    count.textContent = found.fits.length === 1 ? "1 word fits" : found.fits.length + " words fit";
  };

  area.addEventListener("input", (event) => { if (event.isTrusted) offer(); });
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      return offer();
    }
    if (list.hidden || event.isComposing) return;
    switch (event.key) {
      case "ArrowDown": choose(chosen + 1); break;
      case "ArrowUp": choose(chosen < 0 ? found.fits.length - 1 : chosen - 1); break;
      case "Enter":
        if (chosen < 0) return close();
        take(chosen);
        break;
      case "Escape": close(); break;
      case "ArrowLeft": case "ArrowRight": case "Home": case "End": case "Tab": return close();
      default: return;
    }
    event.preventDefault();
  });
})();
