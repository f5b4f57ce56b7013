//! Where a ledger query names `:from` and `:to`, for servers that know no named parameters.
//!
//! Only what the server itself would take for code counts: a `:from` inside a string, a quoted
//! name or a comment is text and stays as it is.

/// Whose rules of quoting apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Postgres,
    MySql,
    Sqlite,
}

/// An end of the business date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    From,
    To,
}

/// A piece of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'q> {
    Text(&'q str),
    Bound(Bound),
}

/// Why a query cannot be sent, with the place in it (bytes from its start).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    #[error("a {what} that begins at byte {at} does not end")]
    Unclosed { what: &'static str, at: usize },
    #[error("has a parameter besides :from and :to at byte {at}")]
    OtherParameter { at: usize },
    #[error("is more than one statement: a `;` stands at byte {at}")]
    SeveralStatements { at: usize },
}

/// Takes a query apart at its bounds.
pub fn pieces(query: &str, dialect: Dialect) -> Result<Vec<Piece<'_>>, QueryFault> {
    let bytes = query.as_bytes();
    let mut pieces = Vec::new();
    let (mut at, mut text_from) = (0, 0);
    while at < bytes.len() {
        if let Some(end) = quoted(query, at, dialect)? {
            at = end;
            continue;
        }
        let rest = &query[at..];
        match bytes[at] {
            b';' => return Err(QueryFault::SeveralStatements { at }),
            b':' if rest.starts_with("::") || rest.starts_with(":=") => at += 2,
            b':' => {
                let name = word(&rest[1..]);
                let bound = match name {
                    "from" => Bound::From,
                    "to" => Bound::To,
                    // `a[1:2]` and a lone colon are the server's to judge.
                    _ if name.is_empty() || name.as_bytes()[0].is_ascii_digit() => {
                        at += 1;
                        continue;
                    }
                    _ => return Err(QueryFault::OtherParameter { at }),
                };
                pieces.push(Piece::Text(&query[text_from..at]));
                pieces.push(Piece::Bound(bound));
                at += 1 + name.len();
                text_from = at;
            }
            b'?' if dialect == Dialect::MySql => return Err(QueryFault::OtherParameter { at }),
            b'$' if dialect == Dialect::Postgres
                && rest[1..].starts_with(|c: char| c.is_ascii_digit())
                && !follows_a_name(query, at) =>
            {
                return Err(QueryFault::OtherParameter { at });
            }
            _ => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    pieces.push(Piece::Text(&query[text_from..]));
    pieces.retain(|piece| *piece != Piece::Text(""));
    Ok(pieces)
}

/// A bound that stands in quotes, with its place: the server takes it for text, compares every row
/// with it and nobody hears of that.
pub fn in_quotes(query: &str, dialect: Dialect) -> Option<(Bound, usize)> {
    let mut at = 0;
    while at < query.len() {
        // What is not closed is told when the query is taken apart.
        let Some(end) = quoted(query, at, dialect).ok()? else {
            at += query[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let is_quote = |letter: char| matches!(letter, '\'' | '"' | '`' | '[' | ']' | '$');
        let inside = query[at..end].trim_matches(is_quote).trim();
        for (text, bound) in [(":from", Bound::From), (":to", Bound::To)] {
            if inside == text {
                return Some((bound, at));
            }
        }
        at = end;
    }
    None
}

/// The letters, digits and underscores that `text` begins with.
fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

fn follows_a_name(query: &str, at: usize) -> bool {
    query[..at]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

/// Where the string, quoted name or comment that begins at `at` ends, if one does.
fn quoted(query: &str, at: usize, dialect: Dialect) -> Result<Option<usize>, QueryFault> {
    let rest = &query[at..];
    let bytes = rest.as_bytes();
    let (mysql, postgres) = (dialect == Dialect::MySql, dialect == Dialect::Postgres);
    let end = match bytes[0] {
        b'\'' => {
            let escapes = mysql || postgres && has_escapes(query, at);
            closed(rest, '\'', escapes).ok_or(("string", at))
        }
        b'"' => closed(rest, '"', mysql).ok_or(("quoted name", at)),
        b'[' if dialect == Dialect::Sqlite => {
            rest.find(']').map(|end| end + 1).ok_or(("quoted name", at))
        }
        b'`' if !postgres => closed(rest, '`', false).ok_or(("quoted name", at)),
        b'-' if rest.starts_with("--") && (!mysql || ends_word(bytes.get(2))) => {
            Ok(rest.find('\n').map_or(rest.len(), |end| end + 1))
        }
        b'#' if mysql => Ok(rest.find('\n').map_or(rest.len(), |end| end + 1)),
        b'/' if rest.starts_with("/*") => comment(rest, postgres).ok_or(("comment", at)),
        b'$' if postgres && !follows_a_name(query, at) => match dollar_tag(rest) {
            None => return Ok(None),
            Some(tag) => rest[tag.len()..]
                .find(tag)
                .map(|end| end + 2 * tag.len())
                .ok_or(("dollar-quoted string", at)),
        },
        _ => return Ok(None),
    };
    match end {
        Ok(end) => Ok(Some(at + end)),
        Err((what, at)) => Err(QueryFault::Unclosed { what, at }),
    }
}

/// MySQL takes `--` for a comment only before a blank or at the end.
fn ends_word(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
}

/// PostgreSQL's `E'…'`, in which a backslash escapes the quote.
fn has_escapes(query: &str, at: usize) -> bool {
    let mut before = query[..at].chars().rev();
    matches!(before.next(), Some('e' | 'E'))
        && before
            .next()
            .is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
}

/// The end of a quoted text that begins with `quote`; a doubled quote stands for itself.
fn closed(text: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && escapes {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return Some(at + c.len_utf8());
            }
        }
    }
    None
}

fn comment(text: &str, nests: bool) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") && (nests || depth == 0) {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

/// `$$` or `$tag$` at the start of `text`.
fn dollar_tag(text: &str) -> Option<&str> {
    let name = word(&text[1..]);
    let starts_well = name
        .chars()
        .next()
        .is_none_or(|c| c.is_alphabetic() || c == '_');
    let end = 1 + name.len();
    (starts_well && text[end..].starts_with('$')).then(|| &text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, dialect: Dialect) -> String {
        match pieces(query, dialect) {
            Err(fault) => format!("! {fault}"),
            Ok(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => *text,
                    Piece::Bound(Bound::From) => "<F>",
                    Piece::Bound(Bound::To) => "<T>",
                })
                .collect(),
        }
    }

    #[test]
    fn a_bound_in_quotes_is_seen() {
        use Dialect::{MySql, Postgres, Sqlite};
        let all = [Postgres, MySql, Sqlite];
        for (dialects, query, at) in [
            (&all[..], "a >= ':from' AND a < :to", Some(5)),
            (&all, "a >= :from AND a < ' :to '", Some(19)),
            (&all, "a >= \":from\" AND a < :to", Some(5)),
            (&all, "date(a) >= date(':from') AND a < :to", Some(16)),
            (&all, "a >= :from AND a < :to -- ':from'", None),
            (&all, "a >= :from AND b <> 'x:to' AND a < :to", None),
            (&all, "b <> 'it''s' AND a >= ':from'", Some(22)),
            (&[Sqlite], "a >= [:from] AND a < :to", Some(5)),
            (&[MySql, Sqlite], "a >= `:to`", Some(5)),
            (&[Postgres], "a >= $$:from$$", Some(5)),
        ] {
            for dialect in dialects {
                let found = in_quotes(query, *dialect).map(|(_, at)| at);
                assert_eq!(found, at, "{dialect:?}: {query}");
            }
        }
    }

    #[test]
    fn bounds_are_found_where_the_server_reads_code() {
        use Dialect::{MySql, Postgres};
        let both = [Postgres, MySql];
        let table: &[(&[Dialect], &str, &str)] = &[
            (&both, "a >= :from AND a < :to", "a >= <F> AND a < <T>"),
            (
                &both,
                "a<:to or b>=:from or c>=:from",
                "a<<T> or b>=<F> or c>=<F>",
            ),
            (&both, "':from' || a < :to", "':from' || a < <T>"),
            (&both, "'it''s :from' < :to", "'it''s :from' < <T>"),
            (&both, "a -- :from it's\n < :to", "a -- :from it's\n < <T>"),
            (&both, "a /* :from ' */ < :to", "a /* :from ' */ < <T>"),
            (&both, "\"a:from\" < :to", "\"a:from\" < <T>"),
            (&both, "a < :to -- :from", "a < <T> -- :from"),
            (
                &both,
                "a < :tonight",
                "! has a parameter besides :from and :to at byte 4",
            ),
            (
                &both,
                "a < :from_date",
                "! has a parameter besides :from and :to at byte 4",
            ),
            (
                &both,
                "a < 'open",
                "! a string that begins at byte 4 does not end",
            ),
            (
                &both,
                "a /* open",
                "! a comment that begins at byte 2 does not end",
            ),
            (
                &both,
                "a < :to; DROP TABLE x",
                "! is more than one statement: a `;` stands at byte 7",
            ),
            (&both, "'é' < :to", "'é' < <T>"),
            (
                &[Postgres],
                "a >= :from::timestamptz",
                "a >= <F>::timestamptz",
            ),
            (&[Postgres], "a::date >= :from", "a::date >= <F>"),
            (&[Postgres], "x[1:2] < :to", "x[1:2] < <T>"),
            (&[Postgres], "$$ :from ' $$ < :to", "$$ :from ' $$ < <T>"),
            (
                &[Postgres],
                "$q$ $$ :from $q$ < :to",
                "$q$ $$ :from $q$ < <T>",
            ),
            (
                &[Postgres],
                "$q$ open :to",
                "! a dollar-quoted string that begins at byte 0 does not end",
            ),
            (&[Postgres], "a$1 < :to", "a$1 < <T>"),
            (
                &[Postgres],
                "a < $1",
                "! has a parameter besides :from and :to at byte 4",
            ),
            (
                &[Postgres],
                "E'it\\'s :from' < :to",
                "E'it\\'s :from' < <T>",
            ),
            (&[Postgres], "'C:\\' < :to", "'C:\\' < <T>"),
            (
                &[Postgres],
                "/* a /* b */ :from */ x < :to",
                "/* a /* b */ :from */ x < <T>",
            ),
            (
                &[Postgres],
                "data ? 'k' AND a < :to",
                "data ? 'k' AND a < <T>",
            ),
            (&[Postgres], "a --:from\n< :to", "a --:from\n< <T>"),
            (&[MySql], "'it\\'s :from' < :to", "'it\\'s :from' < <T>"),
            (&[MySql], "\"it\\\" :from\" < :to", "\"it\\\" :from\" < <T>"),
            (&[MySql], "`a:from` < :to", "`a:from` < <T>"),
            (&[MySql], "a # :from\n < :to", "a # :from\n < <T>"),
            (&[MySql], "5--:from", "5--<F>"),
            (&[MySql], "a /* b /* */ < :to", "a /* b /* */ < <T>"),
            (&[MySql], "@n := 1, a < :to", "@n := 1, a < <T>"),
            (
                &[MySql],
                "a < ?",
                "! has a parameter besides :from and :to at byte 4",
            ),
            (&[MySql], "$$ < :to", "$$ < <T>"),
        ];
        for (dialects, query, expected) in table {
            for dialect in *dialects {
                assert_eq!(shown(query, *dialect), *expected, "{dialect:?}: {query}");
            }
        }
    }
}
