//! The From field (RFC 5322, 3.4), without the obsolete spellings that mail programs read
//! differently: where the grammar leaves a choice of address, there is none.

use super::encoded_word::decoded;

/// Who a mail says it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// One From field with one address.
    One(Mailbox),
    /// One From field with several addresses (RFC 5322 allows it; no settlement report needs it).
    Several(Vec<Mailbox>),
    Absent,
    /// It names nobody, or different people to different readers.
    Unreadable {
        reason: String,
    },
}

/// `display name <local@domain>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Decoded, with the text of comments; empty where there is none.
    pub name: String,
    pub local: String,
    /// As written: Unicode, an `xn--` form or a literal such as `[192.0.2.1]`.
    pub domain: String,
}

impl Mailbox {
    /// `local@domain`, ASCII letters in lower case.
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain).to_ascii_lowercase()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Atom(String),
    Quoted(String),
    Literal(String),
    Comment(String),
    Space,
    Mark(char),
}

/// Reads a From field's value.
pub(super) fn author(value: &str) -> Author {
    match mailboxes(value) {
        Ok(mut list) if list.len() == 1 => match list.pop() {
            Some(mailbox) => Author::One(mailbox),
            None => Author::Absent,
        },
        Ok(list) => Author::Several(list),
        Err(reason) => Author::Unreadable {
            reason: format!("its From field {reason}"),
        },
    }
}

fn mailboxes(value: &str) -> Result<Vec<Mailbox>, &'static str> {
    let tokens = tokens(value)?;
    if tokens
        .iter()
        .any(|token| matches!(token, Token::Mark(':' | ';')))
    {
        return Err("names a group or a route, not an address");
    }
    tokens
        .split(|token| *token == Token::Mark(','))
        .map(mailbox)
        .collect()
}

fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let mut letters = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = letters.next() {
        tokens.push(match letter {
            ' ' | '\t' => {
                while letters.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
                Token::Space
            }
            '"' => Token::Quoted(enclosed(&mut letters, '"')?),
            '[' => Token::Literal(enclosed(&mut letters, ']')?),
            '(' => Token::Comment(comment(&mut letters)?),
            '<' | '>' | '@' | ',' | ':' | ';' => Token::Mark(letter),
            ')' | ']' | '\\' => return Err("is not spelled as RFC 5322 asks"),
            _ => {
                let mut atom = String::from(letter);
                let inside = |next: &char| !" \t\"[]()<>@,:;\\".contains(*next);
                while let Some(next) = letters.next_if(inside) {
                    atom.push(next);
                }
                Token::Atom(atom)
            }
        });
    }
    Ok(tokens)
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn enclosed(letters: &mut Letters<'_>, end: char) -> Result<String, &'static str> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next().ok_or("ends inside a quotation")?),
            letter if letter == end => return Ok(text),
            letter => text.push(letter),
        }
    }
    Err("opens a quotation that it does not close")
}

/// A comment's text; comments nest.
fn comment(letters: &mut Letters<'_>) -> Result<String, &'static str> {
    let mut text = String::new();
    let mut depth = 1_usize;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                text.push(letters.next().ok_or("ends inside a comment")?);
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(text);
        }
        text.push(letter);
    }
    Err("opens a comment that it does not close")
}

/// `phrase <local@domain>` or `local@domain`, a comment after either.
fn mailbox(tokens: &[Token]) -> Result<Mailbox, &'static str> {
    let mut name = String::new();
    let mut open = None;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('<') if open.is_none() => open = Some(index),
            Token::Mark('<') => return Err("has two addresses where one belongs"),
            _ => {}
        }
    }
    let (before, inside, after) = match open {
        Some(open) => {
            let (before, rest) = tokens.split_at(open);
            let rest = rest.get(1..).unwrap_or(&[]);
            let close = rest
                .iter()
                .position(|token| *token == Token::Mark('>'))
                .ok_or("opens an angle bracket that it does not close")?;
            let (inside, after) = rest.split_at(close);
            (before, inside, after.get(1..).unwrap_or(&[]))
        }
        None => {
            let trimmed = trimmed(tokens);
            // local @ domain
            let (address, after) = trimmed
                .split_at_checked(3)
                .ok_or("has no complete address")?;
            (&[][..], address, after)
        }
    };
    for token in before {
        match token {
            Token::Atom(text) | Token::Quoted(text) => name.push_str(text),
            Token::Space => name.push(' '),
            Token::Comment(text) => aside(text, &mut name)?,
            Token::Mark(_) | Token::Literal(_) => {
                return Err("has an address or a bracket where a name belongs");
            }
        }
    }
    for token in after {
        match token {
            Token::Space => {}
            Token::Comment(text) => aside(text, &mut name)?,
            _ => return Err("has more text after the address"),
        }
    }
    let [local, Token::Mark('@'), domain] = inside else {
        return Err("has no single plain address");
    };
    let local = match local {
        // An encoded word is not allowed here (RFC 2047, 5), and some programs decode it.
        Token::Atom(text) if is_dot_atom(text) && !text.contains("=?") => text.clone(),
        Token::Quoted(text) => format!("\"{text}\""),
        _ => return Err("has no single plain address"),
    };
    let domain = match domain {
        Token::Atom(text) if is_dot_atom(text) => text.clone(),
        Token::Literal(text) => format!("[{text}]"),
        _ => return Err("has no single plain address"),
    };
    Ok(Mailbox {
        name: decoded(name.trim()),
        local,
        domain,
    })
}

/// A comment is shown by some programs as the sender's name, and skipped by others.
fn aside(text: &str, name: &mut String) -> Result<(), &'static str> {
    if text.contains(['@', '<', '>']) {
        return Err("has an address inside a comment");
    }
    name.push(' ');
    name.push_str(text);
    Ok(())
}

fn trimmed(mut tokens: &[Token]) -> &[Token] {
    while let [Token::Space, rest @ ..] = tokens {
        tokens = rest;
    }
    while let [rest @ .., Token::Space] = tokens {
        tokens = rest;
    }
    tokens
}

fn is_dot_atom(text: &str) -> bool {
    !text.split('.').any(str::is_empty)
}
