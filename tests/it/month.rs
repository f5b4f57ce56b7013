//! A month in one report.

use rekon::report::labels::Language;
use rekon::report::view::view;
use rekon::report::{html, text};

use crate::reports::{fixture, html_of, page_of};

/// A month is a grid with a line per date, and a section for each date that has something to say.
#[test]
fn a_month_starts_with_its_grid() {
    let view = view(&fixture::month(Language::En));
    let telling: Vec<u32> = (1..=31).filter(|day| day % 3 == 0 || *day == 13).collect();
    let page = html_of(&view);
    assert!(page.len() < html::LIMIT, "{} bytes", page.len());
    let whole = page_of(&view);
    {
        let html = &page;
        let at = |text: &str| {
            html.find(text)
                .unwrap_or_else(|| panic!("`{text}` is not in the mail"))
        };
        let mut before = at(">By date</h2>");
        assert!(at(">What to do first</h2>") < before);
        let after = at(">Breaks by severity</h2>");
        for day in 1..=31 {
            let anchor = format!("d2026-10-{day:02}");
            let (link, section) = (
                format!("href=\"#{anchor}\""),
                format!("<h2 id=\"{anchor}\""),
            );
            let tells = telling.contains(&day);
            assert_eq!(html.contains(&link), tells, "{anchor}");
            assert_eq!(html.contains(&section), tells, "{anchor}");
            // Its line of the grid, in order, before anything else is said.
            let line = at(&format!(">{day} Oct 2026<"));
            assert!(before < line && line < after, "{day}");
            before = line;
        }
        for (day, said) in [
            (9, "revision 2, supersedes revision 1"),
            (13, "Was due 14 Oct 2026"),
            (30, "OVO-30"),
        ] {
            let section = at(&format!("<h2 id=\"d2026-10-{day:02}\""));
            let end = html[section + 1..].find("<h2").expect("what follows");
            let section = &html[section..section + 1 + end];
            assert!(section.contains(said), "{day}: {said}: {section}");
        }
    }
    // The page has what the mail has no room for.
    let of_day = |html: &str| html.matches("OVO-30").count();
    assert!(of_day(&whole) > of_day(&page));
    let dates: Vec<usize> = (1..=31)
        .filter_map(|day| {
            let (date, anchor) = (format!("{day} Oct 2026"), format!("d2026-10-{day:02}"));
            let tells = telling.contains(&day);
            let section = format!("<h3 id=\"{anchor}\" tabindex=\"-1\">{date} ");
            assert_eq!(whole.contains(&section), tells, "{date}");
            let name = match tells {
                true => format!("<a href=\"#{anchor}\">{date}</a>"),
                false => date,
            };
            whole.find(&format!("<tr><th scope=\"row\">{name}</th>"))
        })
        .collect();
    assert!(dates.len() == 31 && dates.is_sorted());
    insta::assert_snapshot!("month_text", text::mail(&view));
}
