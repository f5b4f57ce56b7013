//! Domains that are made to be taken for another. A likeness only ever raises an alarm: nothing is
//! accepted because of it, so what is missing here costs an alarm and lets nothing in.

use super::domain::{is_below, registered};
use crate::mailbox::header::is_invisible;

/// Letters that people take for one another, by the letter they are taken for.
const CONFUSED: [(char, &str); 24] = [
    ('a', "àáâãäåāăąǎаạảαɑ"),
    ('b', "ьвƅɓв8"),
    ('c', "çćĉċčсϲⅽ"),
    ('d', "ďđԁɗⅾ"),
    ('e', "èéêëēĕėęěеёҽẹɛ3єε"),
    ('f', "ƒſ"),
    ('g', "ĝğġģɡց9"),
    ('h', "ĥħһհнη"),
    ('j', "ĵјϳ"),
    ('k', "ķкκƙ"),
    ('l', "ìíîïĩīĭįıіїιɩӏĺļľŀłⅼ1|!ǀi"),
    ('m', "мⅿ"),
    ('n', "ñńņňŋոпπ"),
    ('o', "òóôõöøōŏőоοօσ0ọơ"),
    ('p', "рρƿ"),
    ('q', "ԛգ"),
    ('r', "ŕŗřгɾ"),
    ('s', "śŝşšѕșꜱ5$"),
    ('t', "ţťŧтτ7"),
    ('u', "ùúûüũūŭůűųυսцư"),
    ('v', "ѵνⅴ"),
    ('w', "ŵԝωшա"),
    ('x', "хχ×ⅹ"),
    ('y', "ýÿŷуүγ"),
];
/// Dots that mail programs take for the dot of a domain (IDNA), or that look like it.
const DOTS: [char; 4] = ['。', '．', '｡', '․'];
const CONFUSED_Z: &str = "źżžᴢ2";

/// A text as it strikes the eye: in lower case, each letter that is taken for another as that one,
/// what cannot be seen left out. Only ever compared with another folded text.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_invisible(letter) || is_combining(letter) || letter.is_control() {
            continue;
        }
        for lower in widened(letter).to_lowercase() {
            if is_combining(lower) {
                continue;
            }
            let taken_for = CONFUSED
                .iter()
                .find(|(_, all)| all.contains(lower))
                .map(|(plain, _)| *plain);
            out.push(match (taken_for, lower) {
                (Some(plain), _) => plain,
                (None, lower) if DOTS.contains(&lower) => '.',
                (None, '‐' | '‑' | '‒' | '–' | '—' | '−') => '-',
                (None, '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}') => ' ',
                (None, lower) if CONFUSED_Z.contains(lower) => 'z',
                (None, lower) => lower,
            });
        }
    }
    out.replace("rn", "m").replace("vv", "w")
}

fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}')
}

/// Full-width and mathematical letters as plain ones.
fn widened(letter: char) -> char {
    let code = u32::from(letter);
    let plain = match code {
        0xFF01..=0xFF5E => code - 0xFEE0,
        0x24D0..=0x24E9 => code - 0x24D0 + 0x61,
        0x1D400..=0x1D6A3 => match (code - 0x1D400) % 52 {
            upper @ 0..=25 => upper + 0x41,
            lower => lower - 26 + 0x61,
        },
        0x1D7CE..=0x1D7FF => (code - 0x1D7CE) % 10 + 0x30,
        _ => code,
    };
    char::from_u32(plain).unwrap_or(letter)
}

/// Whether a reader finds a domain in a text, alone or as the end or the beginning of a longer one.
pub(super) fn shows_domain(text: &str, domain: &str) -> bool {
    shows(&folded(text), &folded(domain), |letter| {
        letter.is_alphanumeric() || letter == '-'
    })
}

/// Whether a reader finds a mail address in a text, also as `reports @ ovo . example`.
pub(super) fn shows_address(text: &str, address: &str) -> bool {
    let text = folded(text);
    let mut tight = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        if letter.is_whitespace() {
            gap = true;
            continue;
        }
        let joins = |letter: char| matches!(letter, '@' | '.');
        if gap && !joins(letter) && !tight.ends_with(joins) {
            tight.push(' ');
        }
        gap = false;
        tight.push(letter);
    }
    shows(&tight, &folded(address), |letter| {
        letter.is_alphanumeric() || "-_+.=".contains(letter)
    })
}

/// Whether `wanted` stands in a text with nothing before it that belongs to the same word, nor
/// after it (a dot may follow).
fn shows(text: &str, wanted: &str, part: impl Fn(char) -> bool) -> bool {
    text.match_indices(wanted).any(|(start, found)| {
        let before = text.get(..start).and_then(|t| t.chars().next_back());
        let after = text
            .get(start + found.len()..)
            .and_then(|t| t.chars().next());
        !before.is_some_and(&part) && !after.is_some_and(|letter| letter != '.' && part(letter))
    })
}

/// How a domain resembles an allowed one without being it or below it, as a sentence.
pub(super) fn resembles(domain: &str, allowed: &str) -> Option<String> {
    let written = domain
        .replace(DOTS, ".")
        .trim_end_matches('.')
        .to_ascii_lowercase();
    if written == allowed || is_below(&written, allowed) {
        return None;
    }
    let spelled = unicode(&written);
    let seen = folded(&spelled);
    let wanted = folded(allowed);
    let reason = |how: &str| Some(format!("the domain `{}` {how} {allowed}", shown(&written)));
    if seen == wanted || is_below(&seen, &wanted) {
        return reason("is spelled to look like");
    }
    let own = registered(&written);
    let (name, ending) = registered(allowed)?;
    if own == Some((name, ending)) {
        return None;
    }
    let joined = [wanted.replace('.', "-"), wanted.replace('.', "")];
    let glued = |label: &str| {
        let [dashed, run] = &joined;
        label.split('-').any(|piece| piece == run) || wedged(label, dashed)
    };
    if format!(".{seen}.").contains(&format!(".{wanted}.")) || seen.split('.').any(glued) {
        return reason("has inside it the name of");
    }
    let (seen_name, seen_ending) = registered(&spelled)?;
    let seen_name = folded(seen_name);
    let wanted_name = folded(name);
    if seen_name.replace('-', "") == wanted_name.replace('-', "") {
        return reason("has the same name as, and another ending than,");
    }
    let long = wanted_name.chars().count();
    // Short names are a letter apart from many honest ones.
    let slips = match long {
        0..=4 => 0,
        5 | 6 if seen_ending != ending => 0,
        5..=8 => 1,
        _ => 2,
    };
    if strsim::osa_distance(&seen_name, &wanted_name) <= slips {
        return reason("is a slip of the pen away from");
    }
    if long >= 5 && seen_name.split('-').any(|piece| piece == wanted_name) {
        return reason("puts more words beside the name of");
    }
    None
}

/// `ovo-example` as whole words of a label such as `mail-ovo-example`.
fn wedged(label: &str, dashed: &str) -> bool {
    format!("-{label}-").contains(&format!("-{dashed}-"))
}

fn shown(domain: &str) -> String {
    crate::mailbox::header::shown(domain)
}

/// A domain with its `xn--` labels as the reader of a mail sees them.
fn unicode(domain: &str) -> String {
    let labels: Vec<String> = domain
        .split('.')
        .map(|label| {
            let encoded = label.strip_prefix("xn--");
            encoded.and_then(punycode).unwrap_or(label.to_owned())
        })
        .collect();
    labels.join(".")
}

/// RFC 3492's decoder. `None` for what no encoder writes.
fn punycode(encoded: &str) -> Option<String> {
    const BASE: u32 = 36;
    let (basic, extended) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut code, mut index, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = extended.bytes().peekable();
    // A label has 63 bytes at most, so the insertions below stay few.
    while digits.peek().is_some() && out.len() < 64 {
        let before = index;
        let mut weight = 1_u32;
        let mut position = BASE;
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                number @ b'0'..=b'9' => u32::from(number - b'0') + 26,
                _ => return None,
            };
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = position.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            position += BASE;
        }
        let length = u32::try_from(out.len()).ok()? + 1;
        let mut delta = (index - before) / if before == 0 { 700 } else { 2 };
        delta += delta / length;
        let mut steps = 0;
        while delta > 455 {
            delta /= 35;
            steps += BASE;
        }
        bias = steps + 36 * delta / (delta + 38);
        code = code.checked_add(index / length)?;
        index %= length;
        out.insert(usize::try_from(index).ok()?, char::from_u32(code)?);
        index += 1;
    }
    Some(out.into_iter().collect())
}
