//! The page and the mail as finance meets them: in a real browser, on a telephone and at a desk.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use rekon::domain::money::Money;
use rekon::report::breaks::BreakView;
use rekon::report::input::{RefusedFile, ReportInput};
use rekon::report::labels::Language;
use rekon::report::template::Templates;
use rekon::report::view::{ReportView, view};
use rekon::report::{html, page, text, words};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::{Browser, DESK, DOWN, ENTER, PHONE, Screen, TAB};
use crate::harness::Workspace;
use crate::reports::fixture;

/// A mail and a page on disk.
pub struct Report {
    folder: TempDir,
    pub view: ReportView,
}

impl Report {
    pub fn of(input: &ReportInput) -> Report {
        let report = Report {
            folder: tempfile::tempdir().expect("a temporary directory"),
            view: view(input),
        };
        let built_in = Templates::built_in();
        let page = page::page(&report.view, &built_in).expect("the page renders");
        let mail = html::mail(&report.view, &built_in).expect("the mail renders");
        std::fs::write(report.page(), page).expect("written");
        std::fs::write(report.mail(), mail).expect("written");
        report
    }

    pub fn page(&self) -> PathBuf {
        self.folder.path().join("page.html")
    }

    pub fn mail(&self) -> PathBuf {
        self.folder.path().join("mail.html")
    }

    /// What the page says when exactly these breaks are shown.
    pub fn totals(&self, wanted: impl Fn(&BreakView) -> bool) -> String {
        let shown: Vec<BreakView> = self.view.breaks.iter().filter(|one| wanted(one)).collect();
        let sum: Money = shown.iter().map(|one| one.at_risk.money).sum();
        let count = |count: usize| words::count(count as u64, self.view.language);
        let (shown, all) = (count(shown.len()), count(self.view.breaks.len()));
        let sum = words::rupiah(sum, self.view.language);
        match self.view.language {
            Language::En => format!("{shown} of {all} breaks · {sum} at risk"),
            Language::Id => format!("{shown} dari {all} selisih · {sum} berisiko"),
        }
    }
}

pub fn choose(browser: &Browser, select: &str, value: &str) {
    browser.click(&format!("#{select} option[value={}]", json!(value)));
}

fn shown(browser: &Browser) -> u64 {
    let count = "return document.querySelectorAll('#list tbody tr:not([hidden])').length";
    browser.script(count).as_u64().expect("a count")
}

#[test]
fn finance_searches_filters_sorts_and_reads_the_totals() {
    for language in [Language::En, Language::Id] {
        let report = Report::of(&fixture::input(language));
        let browser = Browser::start(DESK);
        browser.open(&report.page());
        assert_eq!(browser.text("#totals"), report.totals(|_| true));

        browser.type_into("#search", "ovo-7f3k2");
        assert_eq!(
            browser.text("#totals"),
            report.totals(|one| one.id == "OVO-7F3K2")
        );
        assert_eq!(shown(&browser), 1);
        browser.click("#reset");
        browser.script_async("setTimeout(done, 50)");
        assert_eq!(browser.text("#totals"), report.totals(|_| true));

        choose(&browser, "channel", "tokopedia-biller");
        let of_channel = report.totals(|one| one.channel == "tokopedia-biller");
        assert_eq!(browser.text("#totals"), of_channel);
        choose(&browser, "severity", "critical");
        let critical = report
            .totals(|one| one.channel == "tokopedia-biller" && one.severity_code == "critical");
        assert_eq!(browser.text("#totals"), critical);
        choose(&browser, "severity", "");
        choose(&browser, "channel", "");
        choose(&browser, "kind", "stuck_pending");
        let stuck = report.totals(|one| one.kind_code == "stuck_pending");
        assert_eq!(browser.text("#totals"), stuck);
        choose(&browser, "age", "0");
        let young = report.totals(|one| one.kind_code == "stuck_pending" && one.age_days <= 1);
        assert_eq!(browser.text("#totals"), young);
        browser.type_into("#search", "nothing like this");
        assert_eq!(browser.text("#totals"), report.totals(|_| false));
        assert_eq!(
            browser.script("return document.getElementById('none').hidden"),
            false
        );
        browser.click("#reset");
        browser.script_async("setTimeout(done, 50)");

        let column = |column: u8| -> Vec<i64> {
            let cells = browser.script(&format!(
                "return [...document.querySelectorAll('#list tbody tr')].map(row => \
                 row.cells[{column}].dataset.v)"
            ));
            let cells = cells.as_array().expect("cells").iter();
            cells
                .map(|cell| {
                    cell.as_str()
                        .and_then(|text| text.parse().ok())
                        .expect("sen")
                })
                .collect()
        };
        let head = "#list thead th:nth-child(7)";
        let sorted = format!(
            "return document.querySelector({}).getAttribute('aria-sort')",
            json!(head)
        );
        assert_eq!(browser.script(&sorted), Value::Null);
        browser.click(&format!("{head} button"));
        assert_eq!(browser.script(&sorted), "ascending");
        assert!(column(6).is_sorted());
        browser.click(&format!("{head} button"));
        assert_eq!(browser.script(&sorted), "descending");
        assert!(column(6).iter().rev().is_sorted());
        let sum: Money = column(6).into_iter().map(Money::from_sen).sum();
        let all: Money = report.view.breaks.iter().map(|one| one.at_risk.money).sum();
        assert_eq!(sum, all);
        assert_eq!(browser.errors(), Vec::<String>::new());
    }
}

/// The rupiah beyond what a float counts exactly.
#[test]
fn totals_are_exact_to_the_sen() {
    let mut input = fixture::input(Language::En);
    for day in &mut input.channels[0].days {
        for item in &mut Arc::make_mut(&mut day.outcome).items {
            item.at_risk = Money::from_sen(900_719_925_474_099_301);
        }
    }
    fixture::restate(&mut input.channels[0]);
    let report = Report::of(&input);
    let browser = Browser::start(DESK);
    browser.open(&report.page());
    assert_eq!(browser.text("#totals"), report.totals(|_| true));
    choose(&browser, "channel", "ovo");
    assert_eq!(
        browser.text("#totals"),
        report.totals(|one| one.channel == "ovo")
    );
}

#[test]
fn the_keyboard_alone_is_enough() {
    let report = Report::of(&fixture::input(Language::En));
    let browser = Browser::start(DESK);
    browser.open(&report.page());
    let focused =
        || browser.script("return document.activeElement.id || document.activeElement.textContent");
    browser.press(TAB);
    assert_eq!(focused(), "Skip to the list of breaks");
    browser.press(ENTER);
    browser.press(TAB);
    assert_eq!(focused(), "search");
    browser.press("ovo");
    let after = report.totals(|one| one.channel == "ovo");
    assert_eq!(browser.text("#totals"), after);
    browser.press(TAB);
    assert_eq!(focused(), "severity");
    browser.press(DOWN);
    let critical = report.totals(|one| one.channel == "ovo" && one.severity_code == "critical");
    assert_eq!(browser.text("#totals"), critical);
    for next in ["kind", "channel", "date", "state", "age"] {
        browser.press(TAB);
        assert_eq!(focused(), next);
    }
    browser.press(TAB);
    assert_eq!(focused(), "reset");
    browser.press(ENTER);
    browser.script_async("setTimeout(done, 50)");
    assert_eq!(browser.text("#totals"), report.totals(|_| true));
    // The table scrolls by keyboard where it is wider than the window; then its heads sort.
    browser.press(TAB);
    let region = browser.script("return document.activeElement.getAttribute('role')");
    assert_eq!(region, "region");
    browser.press(TAB);
    assert_eq!(focused(), "Severity");
    browser.press(ENTER);
    let sorted = "return document.activeElement.closest('th').getAttribute('aria-sort')";
    assert_eq!(browser.script(sorted), "ascending");
    browser.press(ENTER);
    assert_eq!(browser.script(sorted), "descending");
}

#[test]
fn nothing_leaves_the_page_and_provider_text_stays_text() {
    let trap = TcpListener::bind("127.0.0.1:0").expect("a port");
    trap.set_nonblocking(true)
        .expect("a trap that does not wait");
    let url = format!("http://{}/", trap.local_addr().expect("its address"));
    let hostile = format!(
        "\"><script>fetch('{url}')</script><img src={url} onerror=\"document.title='owned'\">\
         <style>@import '{url}';</style><meta http-equiv=refresh content=\"0;url={url}\">{{{{7*7}}}}\
         </td></table><form action={url}><input autofocus onfocus=\"fetch('{url}')\">"
    );
    let mut input = fixture::input(Language::En);
    input.notices.push(hostile.clone());
    for channel in &mut input.channels {
        channel.facts.title.push_str(&hostile);
        channel.refused_files.push(RefusedFile {
            name: hostile.clone(),
            reason: hostile.clone(),
        });
        for row in &mut channel.rejected_rows {
            row.column = Some(hostile.clone());
            row.reason.clone_from(&hostile);
        }
        for day in &mut channel.days {
            for item in &mut Arc::make_mut(&mut day.outcome).items {
                item.id.push_str(&hostile);
                item.key.push(("invoice".to_owned(), hostile.clone()));
                for entry in &mut item.settlement {
                    if let Some(place) = &mut entry.place {
                        place.file = hostile.as_str().into();
                    }
                }
            }
            for file in &mut Arc::make_mut(&mut day.outcome).files {
                file.name.clone_from(&hostile);
            }
        }
        fixture::restate(channel);
    }
    let report = Report::of(&input);
    let browser = Browser::start(DESK);
    browser.open(&report.mail());
    let of_the_mail = "return [document.querySelectorAll('script,img,form,input,iframe,link').length,\
                       performance.getEntriesByType('resource').length]";
    assert_eq!(browser.script(of_the_mail), json!([0, 0]));

    browser.open(&report.page());
    let title = browser.script("return document.title");
    assert_eq!(title, json!(report.view.subject));
    let counts = "return ['script', 'img', 'form', 'input', 'style', 'iframe,link,object,embed,a[href^=http]']\
                  .map(name => document.querySelectorAll(name).length)\
                  .concat(performance.getEntriesByType('resource').length)";
    assert_eq!(browser.script(counts), json!([1, 0, 1, 1, 1, 0, 0]));
    let key = "return [...document.querySelectorAll('#list .key')].map(cell => cell.textContent)";
    let keys = browser.script(key);
    let keys = keys.as_array().expect("keys");
    assert!(
        keys.iter()
            .all(|key| key.as_str().is_some_and(|key| key.contains(&hostile)))
    );
    // What the page finds again is the text itself.
    browser.type_into("#search", "onerror=\"document.title");
    assert_eq!(browser.text("#totals"), report.totals(|_| true));
    let first = format!("{}{hostile}", "ovo");
    choose_by_text(&browser, "channel", &first);
    assert_eq!(
        browser.text("#totals"),
        report.totals(|one| one.channel.starts_with("ovo"))
    );
    assert_eq!(browser.errors(), Vec::<String>::new());

    // Even a script that wanted to could not.
    let tried = browser.script_async(&format!(
        "const image = new Image(); image.onerror = () => \
         fetch('{url}').then(() => done('left'), () => done('held')); image.src = '{url}';"
    ));
    assert_eq!(tried, "held");
    assert!(
        !browser.errors().is_empty(),
        "the policy says what it refused"
    );
    assert!(trap.accept().is_err(), "somebody called");
}

fn choose_by_text(browser: &Browser, select: &str, label: &str) {
    let label = json!(label);
    let body = format!(
        "const select = document.getElementById('{select}'); select.value = \
         [...select.options].find(option => option.textContent === {label}).value; \
         select.dispatchEvent(new Event('input', {{bubbles: true}})); return select.value"
    );
    assert_eq!(browser.script(&body), label);
}

/// What can be told by a script: names, labels, heads, languages, and contrast of every text.
const BASICS: &str = r#"
const faults = [];
const say = (what, one) => faults.push(what + ': ' + (one.outerHTML || one).slice(0, 160));
if (!document.documentElement.lang) say('no language', document.documentElement);
if (!document.title) say('no title', '');
if (document.querySelectorAll('h1').length !== 1) say('not one h1', '');
for (const th of document.querySelectorAll('th')) if (!th.scope) say('th without scope', th);
for (const th of document.querySelectorAll('th')) if (!th.textContent.trim()) say('empty th', th);
for (const one of document.querySelectorAll('input,select'))
  if (!one.labels.length || !one.labels[0].textContent.trim()) say('no label', one);
for (const one of document.querySelectorAll('[role=region],section'))
  if (!document.getElementById(one.getAttribute('aria-labelledby'))) say('no name', one);
for (const one of document.querySelectorAll('main table:not([role=presentation])'))
  if (!one.caption || !one.caption.textContent.trim()) say('no caption', one);
const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
if (new Set(ids).size !== ids.length) say('an id twice', ids.join(' '));
if (document.documentElement.scrollWidth > innerWidth) say('wider than the window', String(document.documentElement.scrollWidth));
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
const light = (color) => { const [r, g, b] = [...rgb(color)].map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = (one) => { for (; one; one = one.parentElement) { const color = getComputedStyle(one).backgroundColor; if (rgb(color)[3]) return color; } return matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#ffffff'; };
const seen = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const one = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest('script,style,.skip,.unseen')) continue;
  const ink = getComputedStyle(one).color, paper = behind(one);
  if (seen.has(ink + paper)) continue;
  seen.add(ink + paper);
  const [a, b] = [light(ink), light(paper)].sort((a, b) => b - a);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) say('contrast ' + contrast.toFixed(2) + ' of ' + ink + ' on ' + paper, one);
}
// No line begins with what joins it to the line before.
const lines = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const place = (node, at) => { const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 1); return range.getClientRects()[0]; };
let before = null;
while (lines.nextNode()) {
  const node = lines.currentNode, block = node.parentElement.closest('p,td,th,li,h1,h2,h3,small,dd,dt');
  if (!node.parentElement.checkVisibility() || node.parentElement.closest('script,style')) continue;
  for (let at = 0; at < node.data.length; at++) {
    const rect = place(node, at);
    if (!rect || !rect.width || !node.data[at].trim()) continue;
    const begins = !before || before.block !== block || rect.top > before.rect.bottom - 2;
    if ('·,'.includes(node.data[at]) && begins) say('a line begins with ' + node.data[at], node.parentElement);
    before = {block, rect};
  }
}
return faults;
"#;

#[test]
fn mail_and_page_are_accessible_on_a_telephone_and_at_a_desk_by_day_and_by_night() {
    let browser = Browser::start(PHONE);
    let mut worst = fixture::input(Language::Id);
    worst.channels[0].facts.title = "a-channel-with-a-name-of-many-many-letters".to_owned();
    for input in [
        worst,
        fixture::clean(Language::En),
        fixture::month(Language::En),
    ] {
        let report = Report::of(&input);
        for screen in [PHONE, DESK] {
            for scheme in ["light", "dark"] {
                browser.look_with(Screen { scheme, ..screen });
                for path in [report.mail(), report.page()] {
                    browser.open(&path);
                    let faults = browser.script(BASICS);
                    let name = path.file_name().expect("a name").to_owned();
                    assert_eq!(faults, json!([]), "{name:?} {} {scheme}", screen.width);
                }
            }
        }
        browser.look_with(DESK);
        browser.medium("print", "light");
        browser.open(&report.page());
        let printed = "const form = document.getElementById('filter'); \
                       return !form || getComputedStyle(form).display === 'none'";
        assert_eq!(browser.script(printed), true);
        assert_eq!(browser.script(BASICS), json!([]), "printed");
    }
}

/// Is it complete? How much is at risk? What do I do first? Without a touch.
#[test]
fn the_first_screen_of_a_telephone_answers_three_questions() {
    let browser = Browser::start(PHONE);
    let mut forty = fixture::month(Language::Id);
    for number in 0..39 {
        let mut another = forty.channels[0].clone();
        another.facts.name = format!("channel-{number}");
        another.facts.title.clone_from(&another.facts.name);
        another.days.truncate(20);
        for day in &mut another.days {
            Arc::make_mut(&mut day.outcome)
                .channel
                .clone_from(&another.facts.name);
        }
        forty.channels.push(another);
    }
    for input in [
        fixture::input(Language::Id),
        fixture::clean(Language::En),
        fixture::month(Language::En),
        forty,
    ] {
        let report = Report::of(&input);
        browser.open(&report.mail());
        let ends = browser.script(
            "const end = (text) => [...document.querySelectorAll('h1, td, p, b')].filter(one => \
               one.textContent.trim() === text).map(one => one.getBoundingClientRect().bottom)[0]; \
             return arguments.length, window.ends = end, true",
        );
        assert_eq!(ends, true);
        let first = report.view.actions.first();
        let action = first.map_or_else(
            || "Nothing needs action.".to_owned(),
            |action| action.what.clone(),
        );
        for said in [
            &report.view.verdict.headline,
            &report.view.risk.total.shown,
            &report.view.risk.undecided.shown,
            &action,
        ] {
            let end = browser.script(&format!("return window.ends({})", json!(said)));
            let end = end
                .as_f64()
                .unwrap_or_else(|| panic!("`{said}` is not in the mail"));
            assert!(end <= 800.0, "`{said}` ends at {end}");
        }
    }
}

#[test]
fn five_thousand_breaks_stand_on_the_page_and_the_rest_is_named() {
    let report = Report::of(&fixture::long(Language::En));
    assert_eq!(report.view.breaks.len(), 9_000);
    let browser = Browser::start(DESK);
    browser.open(&report.page());
    assert_eq!(shown(&browser), page::BREAKS as u64);
    let text = browser.text("main");
    assert!(text.contains("the gravest 5,000; the workbook has the 4,000 others too"));
    assert!(
        browser
            .text("#totals")
            .starts_with("5,000 of 9,000 breaks · Rp")
    );
    browser.type_into("#search", "OVO-2026-11-30-");
    let of_day = report.view.breaks.iter().take(page::BREAKS);
    let of_day = of_day
        .filter(|one| one.id.starts_with("OVO-2026-11-30-"))
        .count();
    assert_eq!(shown(&browser), of_day as u64);
    assert_eq!(browser.errors(), Vec::<String>::new());
}

/// Forty channels, a month, and texts from outside without an end.
#[test]
fn no_mail_is_larger_than_a_mail_program_shows() {
    for language in [Language::Id, Language::En] {
        for text in ["'", "<&>", "\u{1f4a9}", "a "] {
            let view = view(&monstrous(language, &text.repeat(1_200 / text.len())));
            let plain = text::mail(&view).len();
            assert!(plain < html::LIMIT, "{plain} bytes of plain text");
            let mail = html::mail(&view, &Templates::built_in()).expect("the mail renders");
            assert!(mail.len() < html::LIMIT, "{text}: {} bytes", mail.len());
            assert!(mail.trim_end().ends_with("</html>"));
            let at_risk = &view.risk.total.shown;
            assert!(mail.contains(at_risk.as_str()));
        }
    }
}

fn monstrous(language: Language, text: &str) -> ReportInput {
    let mut input = fixture::month(language);
    let full = fixture::input(language);
    let mut month = input.channels.remove(0);
    month
        .rejected_rows
        .clone_from(&full.channels[0].rejected_rows);
    month
        .refused_files
        .clone_from(&full.channels[1].refused_files);
    month.quarantined.clone_from(&full.channels[2].quarantined);
    input.trend = full.trend;
    input.notices = vec![text.to_owned(); 60];
    for number in 0..40 {
        let mut channel = month.clone();
        let name = format!("{number} {text}");
        channel.facts.name.clone_from(&name);
        for row in &mut channel.rejected_rows {
            row.reason = text.to_owned();
            row.value = text.to_owned();
        }
        for file in &mut channel.refused_files {
            file.name = text.to_owned();
            file.reason = text.to_owned();
        }
        for mail in &mut channel.quarantined {
            mail.subject = text.to_owned();
            mail.sender = text.to_owned();
            mail.reason = text.to_owned();
        }
        for day in &mut channel.days {
            Arc::make_mut(&mut day.outcome).channel.clone_from(&name);
            for item in &mut Arc::make_mut(&mut day.outcome).items {
                item.id = format!("{number}-{}", item.id);
                item.identity = format!("{number}-{}", item.identity);
                item.key.push(("invoice".to_owned(), text.to_owned()));
            }
            for file in &mut Arc::make_mut(&mut day.outcome).files {
                file.name = text.to_owned();
            }
        }
        fixture::restate(&mut channel);
        for day in &mut input.trend {
            if number == 0 {
                day.channel.push_str(text);
            }
        }
        input.channels.push(channel);
    }
    input
}

/// `REKON_PICTURES=dir` keeps what the README shows.
#[test]
fn mail_and_page_can_be_looked_at_as_pictures() {
    let browser = Browser::start(PHONE);
    let bad = Report::of(&fixture::input(Language::Id));
    let month = Report::of(&fixture::month(Language::En));
    let dark = |screen| Screen {
        scheme: "dark",
        ..screen
    };
    for (name, path, from, screen) in [
        ("mail-phone", bad.mail(), "body", PHONE),
        ("mail-phone-dark", month.mail(), "body", dark(PHONE)),
        ("page-desk", bad.page(), "#breaks", DESK),
        ("trend-dark", bad.page(), "#trend", dark(DESK)),
    ] {
        browser.look_with(screen);
        browser.open(&path);
        let png = browser.picture(from, screen);
        let png = data_encoding::BASE64
            .decode(png.as_bytes())
            .expect("Base64");
        assert!(png.starts_with(b"\x89PNG"), "{name}");
        if let Some(folder) = std::env::var_os("REKON_PICTURES") {
            let path = PathBuf::from(folder).join(format!("{name}.png"));
            std::fs::write(path, png).expect("written");
        }
    }
}

/// What is stored of the dates before stands beside the result of one date.
#[test]
fn the_last_dates_come_from_what_is_stored() {
    let workspace = Workspace::copy_of("sample_reports");
    let before = ["run", "--from", "2026-11-11", "--to", "2026-11-17"];
    workspace.run(before).exits(66);
    workspace
        .run(["run", "--date", "2026-11-18", "--send"])
        .exits(0);
    let files = workspace.files(".run/mail");
    let page = files
        .iter()
        .find(|name| name.starts_with("keuangan-harian_2026-11-18") && name.ends_with(".html"))
        .expect("the page of one date");
    let browser = Browser::start(DESK);
    browser.open(&workspace.path().join(".run/mail").join(page));
    let rows = browser.script(
        "return [...document.querySelectorAll('[aria-labelledby=trend] > table > tbody > tr')].map(row => \
         [...row.cells].map(cell => cell.textContent.trim()).join('|') + \
         (row.querySelector('.bar') ? row.querySelector('.bar').width : ''))",
    );
    assert_eq!(
        rows,
        json!([
            "11 Nov 2026|Lengkap|7|Rp982.776|95%",
            "12 Nov 2026|Lengkap|10|Rp1.030.800|100%",
            "13 Nov 2026|Lengkap|5|Rp837.500|81%",
            "14 Nov 2026|Lengkap|3|Rp72.750|7%",
            "15 Nov 2026|Lengkap|3|Rp301.000|29%",
            "16 Nov 2026|Lengkap|11|Rp610.300|59%",
            "17 Nov 2026|Belum lengkap: OVO|≥ 17|≥ Rp320.300|31%",
            "18 Nov 2026|Lengkap|1|Rp64.500|6%"
        ])
    );
    let drawn = browser.script(
        "const bars = [...document.querySelectorAll('.bar')]; \
         const longest = Math.max(...bars.map(bar => bar.offsetWidth)); \
         return bars.every(bar => \
         Math.abs(100 * bar.offsetWidth / longest - parseInt(bar.width)) < 2)",
    );
    assert_eq!(drawn, true, "each bar is as long as it says");
    assert_eq!(browser.errors(), Vec::<String>::new());
}
