// Searches, filters, sorts and adds up what stands in the table. It fetches nothing, stores nothing
// and writes text only as text. Amounts are whole sen in BigInt: nothing is rounded.
(() => {
  "use strict";
  const list = document.getElementById("list");
  if (!list) return;
  const language = document.documentElement.lang;
  const [group, point] = language === "id" ? [".", ","] : [",", "."];
  // In both languages: who reads Indonesian also types "Aug".
  const MONTHS = [
    ["januari", "january", "jan"],
    ["februari", "february", "feb", "peb"],
    ["maret", "march", "mar"],
    ["april", "apr"],
    ["mei", "may"],
    ["juni", "june", "jun"],
    ["juli", "july", "jul"],
    ["agustus", "august", "agu", "agt", "ags", "aug"],
    ["september", "sept", "sep"],
    ["oktober", "october", "okt", "oct"],
    ["november", "nopember", "nov", "nop"],
    ["desember", "december", "des", "dec"],
  ];
  const pad = (number) => String(number).padStart(2, "0");
  const bare = (digits) => digits.replace(/^0+(?=\d)/, "");
  const body = list.tBodies[0];
  const form = document.getElementById("filter");
  const search = document.getElementById("search");
  const totals = document.getElementById("totals");
  const none = document.getElementById("none");
  const chosen = ["severity", "kind", "channel", "date", "state", "age"].map((name) => [name, document.getElementById(name)]);
  const rows = Array.from(body.rows, (row) => ({
    row,
    sen: BigInt(row.dataset.sen),
    text: row.textContent.toLocaleLowerCase(language).replace(/\s+/g, " "),
    amounts: new Set(row.dataset.amounts.split(" ")),
    numbers: new Set((row.querySelector(".key").firstChild.textContent.match(/\d+/g) ?? []).map(bare)),
  }));

  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, group);
  const rupiah = (sen) => {
    const whole = grouped((sen / 100n).toString());
    const rest = sen % 100n;
    return "Rp" + whole + (rest ? point + rest.toString().padStart(2, "0") : "");
  };
  // A function as replacement: a `$` in a figure would mean something else.
  const filled = (text, figures) => text.replace(/\{(\w+)\}/g, (_, name) => figures[name] ?? "");

  // What is typed becomes questions to a row: dates and amounts in every spelling, other words as
  // they stand.
  const month = (name) => MONTHS.findIndex((names) => names.includes(name)) + 1;
  const day = (d, m, y) => {
    const [of_day, of_month] = [Number(d), Number(m)];
    if (of_day < 1 || of_day > 31 || of_month < 1 || of_month > 12) return null;
    const end = "-" + pad(of_month) + "-" + pad(of_day);
    const year = !y ? "" : y.length === 2 ? "20" + y : y;
    return ({ row }) => (year ? row.dataset.date === year + end : row.dataset.date.endsWith(end));
  };
  const amount = (whole, sen) => {
    const digits = bare(whole.replace(/\D/g, ""));
    const rest = (sen ?? "").padEnd(2, "0");
    return ({ amounts }) => amounts.has(rest === "00" ? digits : digits + "." + rest);
  };
  const word = (typed) => {
    const money = typed.match(/^(?:rp)?(\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}|-+))?$|^(?:rp)?(\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}|-+))?$|^rp(\d+)(?:[.,](\d{1,2}|-+))?$/);
    if (money) {
      const [whole, sen] = [money[1] ?? money[3] ?? money[5], money[2] ?? money[4] ?? money[6]];
      return amount(whole, sen?.replace(/-/g, ""));
    }
    const says = ({ text }) => text.includes(typed);
    if (!/^\d+$/.test(typed)) return says;
    // A number may be an amount, or a reference whose zeros somebody dropped or added.
    const is_amount = amount(typed);
    const zeros = typed.startsWith("0");
    return (one) => says(one) || is_amount(one) || (zeros && one.numbers.has(bare(typed)));
  };
  const questions = (typed) => {
    let rest = typed.toLocaleLowerCase(language).replace(/\brp\.?\s*(?=\d)/g, "rp");
    const asked = [];
    for (const [pattern, read] of DATES) {
      rest = rest.replace(pattern, (all, ...parts) => {
        const question = day(...read(parts));
        if (question) asked.push(question);
        return question ? " " : all;
      });
    }
    return asked.concat(rest.split(/\s+/).filter(Boolean).map(word));
  };
  const NAMES = MONTHS.flat().join("|");
  const DATES = [
    [/(?<![\w./-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\w/-])/g, ([y, m, d]) => [d, m, y]],
    [/(?<![\w.,/-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?![\w/-])/g, ([d, m, y]) => [d, m, y]],
    [/(?<![\w.,/-])(\d{1,2})\/(\d{1,2})(?![\w/-])/g, ([d, m]) => (m > 12 ? [m, d] : [d, m])],
    [new RegExp("(?<!\\w)(\\d{1,2})\\s+(" + NAMES + ")\\.?(?:\\s+(\\d{4}))?(?!\\w)", "g"), ([d, m, y]) => [d, month(m), y]],
    [new RegExp("(?<!\\w)(" + NAMES + ")\\.?\\s+(\\d{1,2})(?:,?\\s+(\\d{4}))?(?!\\w)", "g"), ([m, d, y]) => [d, month(m), y]],
  ];

  const apply = () => {
    const asked = questions(search.value);
    let count = 0;
    let sum = 0n;
    for (const one of rows) {
      const shown =
        chosen.every(([name, select]) => !select.value || one.row.dataset[name] === select.value) &&
        asked.every((question) => question(one));
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
    // A button is printed on the first page of a table alone.
    const paper = document.createElement("span");
    paper.className = "paper";
    paper.textContent = head.textContent;
    head.replaceChildren(button, paper);
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
