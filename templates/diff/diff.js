// Filtering, and the whole reach of a change. Without this script all changes are shown.
"use strict";
(() => {
  const form = document.querySelector(".filter");
  const names = JSON.parse(document.getElementById("operations").textContent);
  const said = names.map((name) => name.toLowerCase());
  const status = document.getElementById("shown");
  const changes = [...document.querySelectorAll(".change")];
  const words = new Map();
  const numbers = (change) => change.dataset.ops.split(" ").filter(Boolean).flatMap((run) => {
    const [first, last = first] = run.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place);
  });
  const text = (change) => {
    if (!words.has(change)) words.set(change, change.textContent.toLowerCase());
    return words.get(change);
  };
  const filter = () => {
    const levels = new Set([...form.querySelectorAll("[name=level]:checked")].map((box) => box.value));
    const operation = form.elements.operation.value.trim().toLowerCase();
    const sought = form.elements.text.value.trim().toLowerCase();
    const wanted = operation ? new Set(said.flatMap((name, place) => (name.includes(operation) ? [place] : []))) : null;
    let shown = 0;
    for (const change of changes) {
      const fits = levels.has(change.dataset.level)
        && (!wanted || numbers(change).some((place) => wanted.has(place)))
        && (!sought || text(change).includes(sought));
      change.hidden = !fits;
      shown += fits;
    }
    for (const section of document.querySelectorAll("[data-holds]")) {
      section.hidden = !section.querySelector(".change:not([hidden])");
    }
    status.textContent = `${shown.toLocaleString("en")} of ${changes.length.toLocaleString("en")} changes shown`;
  };
  let timer = 0;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 150); });
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  form.addEventListener("reset", () => setTimeout(filter));
  const open = (all) => changes.forEach((change) => {
    if (!change.hidden) change.querySelector("details").open = all;
  });
  document.getElementById("open").addEventListener("click", () => open(true));
  document.getElementById("close").addEventListener("click", () => open(false));
  addEventListener("beforeprint", () => open(true));
  for (const details of document.querySelectorAll(".all")) {
    details.hidden = false;
    details.addEventListener("toggle", () => {
      const list = details.querySelector("ul");
      if (list.childElementCount) return;
      for (const place of numbers(details.closest(".change"))) {
        list.append(Object.assign(document.createElement("li"), { textContent: names[place] }));
      }
    });
  }
  const target = () => {
    const change = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (change && change.classList.contains("change")) change.querySelector("details").open = true;
  };
  addEventListener("hashchange", target);
  target();
  form.hidden = false;
  filter();
})();
