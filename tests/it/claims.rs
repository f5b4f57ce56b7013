//! What is sent on to a partner: what they have to act on, keys in full, nothing else personal.

use rekon::report::claims::{Claims, claims};
use rekon::report::labels::Language;
use std::sync::Arc;

use crate::reports::fixture::{self, HOSTILE};

fn text(claims: &Claims) -> String {
    String::from_utf8(claims.table.clone()).expect("UTF-8")
}

#[test]
fn each_partner_gets_what_they_have_to_act_on() {
    let mut shown = String::new();
    for language in [Language::Id, Language::En] {
        for one in claims(&fixture::input(language)).expect("claims") {
            let table = text(&one).replace("\r\n", "\n");
            shown.push_str(&format!(
                "{} {}: {} lines, {} at risk\n{table}\n",
                language.code(),
                one.channel,
                one.lines,
                one.at_risk
            ));
        }
    }
    insta::assert_snapshot!("tables", shown);
}

#[test]
fn nothing_personal_leaves_but_keys_and_no_cell_is_a_formula() {
    let phone = "081200001234";
    let token = "1234-5678-9012-3456-7890";
    let mut input = fixture::input(Language::En);
    for channel in &mut input.channels {
        channel.facts.personal.push("reference".to_owned());
        for item in channel
            .days
            .iter_mut()
            .flat_map(|day| &mut Arc::make_mut(&mut day.outcome).items)
        {
            item.key.push(("customer".to_owned(), phone.to_owned()));
            item.key.push(("token".to_owned(), token.to_owned()));
            item.key.push(("invoice".to_owned(), HOSTILE.to_owned()));
            for entry in item.entries_mut() {
                for (field, value) in [("customer_name", "Ani Example"), ("reference", phone)] {
                    entry.details.insert(field, value);
                }
            }
        }
        fixture::restate(channel);
    }
    let all = claims(&input).expect("claims");
    assert!(!all.is_empty());
    for one in &all {
        let table = text(one);
        assert!(!table.contains(token) && !table.contains("Ani"), "{table}");
        let mut reader = ::csv::Reader::from_reader(one.table.as_slice());
        let heads = reader.headers().expect("a header").clone();
        for row in reader.records() {
            for (head, field) in heads.iter().zip(&row.expect("a row")) {
                // The key is the partner's own; the same value elsewhere is masked.
                assert!(
                    head == "customer" || !field.contains(phone),
                    "{head}: {field}"
                );
                let number = field.trim_start_matches('-').parse::<f64>().is_ok();
                assert!(
                    number || !field.starts_with(['=', '+', '-', '@']),
                    "{field}"
                );
            }
        }
    }
}

#[test]
fn what_people_closed_and_what_is_ours_to_do_is_not_claimed() {
    let mut input = fixture::clean(Language::En);
    assert!(claims(&input).expect("claims").is_empty());
    input = fixture::input(Language::En);
    let before = claims(&input).expect("claims").len();
    assert!(before > 0);
    for channel in &mut input.channels {
        for item in channel
            .days
            .iter_mut()
            .flat_map(|day| &mut Arc::make_mut(&mut day.outcome).items)
        {
            item.cleared = Some(item.opened);
        }
        fixture::restate(channel);
    }
    assert!(claims(&input).expect("claims").is_empty());
}
