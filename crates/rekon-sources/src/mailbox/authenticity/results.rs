//! The Authentication-Results field (RFC 8601, 2.2), tokenised: a `pass` inside a comment, a quoted
//! reason or another method's property is none.

/// The longest value that is read, in bytes, and the most results in it.
const LONGEST: usize = 16 * 1024;
const MOST_OUTCOMES: usize = 100;

/// Whose results these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Named(String),
    /// Exchange Online begins with the first result.
    Unnamed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Results {
    pub server: Server,
    pub outcomes: Vec<Outcome>,
}

/// One method's result: `dkim=pass header.d=ovo.example`. All in lower case but values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub method: String,
    pub result: String,
    properties: Vec<(String, String)>,
}

/// A property that decides must stand once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Property<'a> {
    Absent,
    Once(&'a str),
    Repeated,
}

impl Outcome {
    pub fn property(&self, name: &str) -> Property<'_> {
        let mut found = self.properties.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (None, _) => Property::Absent,
            (Some((_, value)), None) => Property::Once(value),
            (Some(_), Some(_)) => Property::Repeated,
        }
    }
}

/// Whose results a value claims to be, although the rest of it may not be readable.
pub(super) fn server(value: &str) -> Result<Server, &'static str> {
    if value.len() > LONGEST {
        return Err("is too long");
    }
    Cursor { rest: value }.server()
}

/// Reads a whole value; what does not follow the grammar to its end is refused.
pub(super) fn parse(value: &str) -> Result<Results, &'static str> {
    if value.len() > LONGEST {
        return Err("is too long");
    }
    let mut cursor = Cursor { rest: value };
    let server = cursor.server()?;
    let mut outcomes = Vec::new();
    match server {
        Server::Named(_) => cursor.version()?,
        Server::Unnamed => {
            cursor = Cursor { rest: value };
            outcomes.extend(cursor.outcome(&server)?);
        }
    }
    loop {
        cursor.blank()?;
        match cursor.take() {
            None => return Ok(Results { server, outcomes }),
            Some(';') => {}
            Some(_) => return Err("has text where a semicolon belongs"),
        }
        outcomes.extend(cursor.outcome(&server)?);
        if outcomes.len() > MOST_OUTCOMES {
            return Err("has too many results");
        }
    }
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next();
        self.rest = letters.as_str();
        letter
    }

    fn run(&mut self, inside: impl Fn(char) -> bool) -> &'a str {
        let end = self
            .rest
            .find(|letter| !inside(letter))
            .unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    /// White space and comments, which nest.
    fn blank(&mut self) -> Result<(), &'static str> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(' ' | '\t') => {}
                Some('(') => depth += 1,
                Some(')') if depth > 0 => depth -= 1,
                Some('\\') if depth > 0 => {
                    self.take();
                }
                Some(_) if depth > 0 => {}
                None if depth > 0 => return Err("opens a comment that it does not close"),
                _ => return Ok(()),
            }
            self.take();
        }
    }

    fn quoted(&mut self) -> Result<String, &'static str> {
        let mut text = String::new();
        self.take();
        loop {
            match self.take() {
                Some('"') => return Ok(text),
                Some('\\') => text.extend(self.take()),
                Some(letter) => text.push(letter),
                None => return Err("opens a quotation that it does not close"),
            }
        }
    }

    fn server(&mut self) -> Result<Server, &'static str> {
        self.blank()?;
        if self.peek() == Some('"') {
            let name = self.quoted()?;
            self.blank()?;
            return match self.peek() {
                None | Some(';' | '0'..='9') => Ok(Server::Named(name)),
                Some(_) => Err("does not say whose results it holds"),
            };
        }
        let name = self.run(is_token);
        self.blank()?;
        match self.peek() {
            _ if name.is_empty() => Err("does not say whose results it holds"),
            None | Some(';' | '0'..='9') => Ok(Server::Named(name.to_owned())),
            Some('=' | '/') => Ok(Server::Unnamed),
            Some(_) => Err("does not say whose results it holds"),
        }
    }

    fn version(&mut self) -> Result<(), &'static str> {
        self.blank()?;
        match self.run(|letter| letter.is_ascii_digit()) {
            "" | "1" => Ok(()),
            _ => Err("is of a version other than 1"),
        }
    }

    /// What stands between two semicolons; `None` for nothing, or for `none`.
    fn outcome(&mut self, server: &Server) -> Result<Option<Outcome>, &'static str> {
        self.blank()?;
        if matches!(self.peek(), None | Some(';')) {
            return Ok(None);
        }
        let method = self.run(is_token).to_ascii_lowercase();
        self.blank()?;
        if matches!(self.peek(), None | Some(';')) && !method.is_empty() {
            // Exchange Online used to put the recipient's domain between two results.
            let stray = *server == Server::Unnamed && method.contains('.');
            return if method == "none" || stray {
                Ok(None)
            } else {
                Err("has a method without a result")
            };
        }
        let mut known = true;
        if self.peek() == Some('/') {
            self.take();
            self.blank()?;
            known = self.run(|letter| letter.is_ascii_digit()) == "1";
            self.blank()?;
        }
        self.equals()?;
        let result = self.run(is_keyword).to_ascii_lowercase();
        if method.is_empty() || !method.chars().all(is_keyword) || result.is_empty() {
            return Err("has a method without a result");
        }
        let mut properties = Vec::new();
        loop {
            let before = self.rest.len();
            self.blank()?;
            if matches!(self.peek(), None | Some(';')) {
                break;
            }
            if self.rest.len() == before {
                return Err("has a result or a value with something stuck to it");
            }
            properties.push(self.named_value()?);
        }
        Ok(known.then_some(Outcome {
            method,
            result,
            properties,
        }))
    }

    /// `ptype.property=value`; also `reason="…"` and Microsoft's `action=none`.
    fn named_value(&mut self) -> Result<(String, String), &'static str> {
        let mut name = self.run(is_keyword).to_ascii_lowercase();
        self.blank()?;
        if self.peek() == Some('.') {
            self.take();
            self.blank()?;
            name.push('.');
            name.push_str(&self.run(is_keyword).to_ascii_lowercase());
            self.blank()?;
        }
        if name.is_empty() || name.starts_with('.') || name.ends_with('.') {
            return Err("has text where a property belongs");
        }
        self.equals()?;
        let mut value = String::new();
        if self.peek() == Some('"') {
            value = self.quoted()?;
        }
        // Base64 and addresses stand here unquoted, beyond what the grammar allows.
        value.push_str(self.run(|letter| !" \t;()\"\\<>,".contains(letter)));
        Ok((name, value))
    }

    fn equals(&mut self) -> Result<(), &'static str> {
        self.blank()?;
        if self.take() != Some('=') {
            return Err("has text where an equals sign belongs");
        }
        self.blank()
    }
}

/// RFC 2045's token.
fn is_token(letter: char) -> bool {
    letter.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(letter)
}

/// RFC 5321's Keyword, and the underscore that some write.
fn is_keyword(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')
}
