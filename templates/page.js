// Searches, filters, sorts and adds up what stands in the table. It fetches nothing, stores nothing
// and writes text only as text. Amounts are whole sen in BigInt: nothing is rounded.
(() => {
  "use strict";
  const list = document.getElementById("list");
  if (!list) return;
  const language = document.documentElement.lang;
  const [group, point] = language === "id" ? [".", ","] : [",", "."];
  const body = list.tBodies[0];
  const form = document.getElementById("filter");
  const search = document.getElementById("search");
  const totals = document.getElementById("totals");
  const none = document.getElementById("none");
  const chosen = ["severity", "kind", "channel", "age"].map((name) => [name, document.getElementById(name)]);
  const rows = Array.from(body.rows, (row) => ({
    row,
    sen: BigInt(row.dataset.sen),
    text: row.textContent.toLocaleLowerCase(language).replace(/\s+/g, " "),
  }));

  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, group);
  const rupiah = (sen) => {
    const whole = grouped((sen / 100n).toString());
    const rest = sen % 100n;
    return "Rp" + whole + (rest ? point + rest.toString().padStart(2, "0") : "");
  };
  // A function as replacement: a `$` in a figure would mean something else.
  const filled = (text, figures) => text.replace(/\{(\w+)\}/g, (_, name) => figures[name] ?? "");

  const apply = () => {
    const words = search.value.toLocaleLowerCase(language).split(/\s+/).filter(Boolean);
    let count = 0;
    let sum = 0n;
    for (const one of rows) {
      const shown =
        chosen.every(([name, select]) => !select.value || one.row.dataset[name] === select.value) &&
        words.every((word) => one.text.includes(word));
      one.row.hidden = !shown;
      if (shown) {
        count += 1;
        sum += one.sen;
      }
    }
    const shown = filled(totals.dataset.shown, { shown: grouped(String(count)), all: totals.dataset.of });
    const risk = filled(totals.dataset.risk, { amount: rupiah(sum) });
    totals.textContent = shown + " · " + risk;
    none.hidden = count > 0;
  };

  const value = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  const compare = {
    number: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    text: new Intl.Collator(language, { numeric: true }).compare,
  };
  const sort = (head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const kind = head.dataset.sort;
    const read = kind === "number" ? BigInt : String;
    const keyed = rows.map((one) => [read(value(one.row, column)), one.row]);
    keyed.sort((a, b) => (down ? -1 : 1) * compare[kind](a[0], b[0]));
    for (const other of list.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...keyed.map(([, row]) => row));
  };
  Array.from(list.tHead.rows[0].cells).forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(head, column));
  });

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", apply);
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && search.value) {
      search.value = "";
      apply();
    }
  });
  apply();
})();
