//! A proposal as data: sections of keys with their evidence, and questions with their answers to
//! choose from. [`Draft::toml`] is the only place that writes it.

use serde::Serialize;

/// A key that was decided, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Guess {
    pub key: String,
    pub value: String,
    pub evidence: String,
}

/// What the file does not say. Its key is left out, and the profile is refused until it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    pub key: String,
    pub asks: String,
    pub choices: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The line as the profile takes it; several for a section of its own.
    pub line: String,
    pub remark: String,
}

pub(super) fn choice(line: impl Into<String>, remark: impl Into<String>) -> Choice {
    Choice {
        line: line.into(),
        remark: remark.into(),
    }
}

#[derive(Clone, Debug)]
pub(super) enum Item {
    Set {
        key: &'static str,
        value: String,
        evidence: String,
    },
    Ask {
        key: &'static str,
        asks: String,
        choices: Vec<Choice>,
    },
    /// A key that a profile may lack: its value is left empty, which is refused by name, so that
    /// nobody goes on without an answer.
    Fill {
        key: &'static str,
        asks: String,
        choices: Vec<Choice>,
        empty: &'static str,
    },
    /// One of the answers to a question that stands elsewhere.
    Offer {
        line: String,
    },
    Note(String),
}

#[derive(Clone, Debug)]
pub(super) struct Section {
    /// `[amount]`; empty for the keys at the top.
    pub header: String,
    /// How keys of it are called: `amount`, `field ref_id`.
    pub path: String,
    pub items: Vec<Item>,
}

impl Section {
    pub fn new(header: &str, path: &str) -> Section {
        Section {
            header: header.to_owned(),
            path: path.to_owned(),
            items: Vec::new(),
        }
    }

    pub fn set(&mut self, key: &'static str, value: String, evidence: impl Into<String>) {
        self.items.push(Item::Set {
            key,
            value,
            evidence: evidence.into(),
        });
    }

    pub fn ask(&mut self, key: &'static str, asks: impl Into<String>, choices: Vec<Choice>) {
        self.items.push(Item::Ask {
            key,
            asks: asks.into(),
            choices,
        });
    }

    pub fn fill(
        &mut self,
        key: &'static str,
        asks: impl Into<String>,
        choices: Vec<Choice>,
        empty: &'static str,
    ) {
        self.items.push(Item::Fill {
            key,
            asks: asks.into(),
            choices,
            empty,
        });
    }

    pub fn offer(&mut self, line: impl Into<String>) {
        self.items.push(Item::Offer { line: line.into() });
    }

    pub fn note(&mut self, text: impl Into<String>) {
        self.items.push(Item::Note(text.into()));
    }

    pub fn has_question(&self) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item, Item::Ask { .. } | Item::Fill { .. }))
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// What stands above everything.
    pub about: Vec<String>,
    pub warnings: Vec<String>,
    pub sections: Vec<Section>,
}

impl Draft {
    pub fn guesses(&self) -> Vec<Guess> {
        let mut guesses = Vec::new();
        for section in &self.sections {
            for item in &section.items {
                if let Item::Set {
                    key,
                    value,
                    evidence,
                } = item
                {
                    guesses.push(Guess {
                        key: dotted(&section.path, key),
                        value: value.clone(),
                        evidence: evidence.clone(),
                    });
                }
            }
        }
        guesses
    }

    pub fn questions(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        for section in &self.sections {
            for item in &section.items {
                let (key, asks, choices) = match item {
                    Item::Ask { key, asks, choices } => (key, asks, choices.clone()),
                    Item::Fill {
                        key, asks, choices, ..
                    } => (key, asks, choices.clone()),
                    _ => continue,
                };
                questions.push(Question {
                    key: dotted(&section.path, key),
                    asks: asks.clone(),
                    choices,
                });
            }
        }
        questions
    }

    /// The profile's text. Every guess has its evidence above it, every question its answers to
    /// choose from below it, as comments.
    pub fn toml(&self) -> String {
        let mut text = String::new();
        for line in &self.about {
            comment(line, &mut text);
        }
        let questions = self.questions();
        match questions.len() {
            0 => comment(
                "Nothing is left open; read the evidence all the same before you trust it.",
                &mut text,
            ),
            open => {
                comment(
                    &format!(
                        "{open} question{} to answer before rekon reads this profile. Lines that begin with #? are answers to choose from: take the #? away from the right one. Lines that end in `fill in` want their value written.",
                        if open == 1 { "" } else { "s" }
                    ),
                    &mut text,
                );
                for question in &questions {
                    text.push_str(&format!("#   {}\n", question.key));
                }
            }
        }
        for warning in &self.warnings {
            text.push_str("#\n");
            comment(&format!("WARNING: {warning}"), &mut text);
        }
        for section in &self.sections {
            text.push('\n');
            if !section.header.is_empty() {
                text.push_str(&section.header);
                text.push('\n');
            }
            for item in &section.items {
                write_item(section, item, &mut text);
            }
        }
        text
    }
}

fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn write_item(section: &Section, item: &Item, text: &mut String) {
    match item {
        Item::Set {
            key,
            value,
            evidence,
        } => {
            if !evidence.is_empty() {
                comment(&format!("{key}: {evidence}."), text);
            }
            text.push_str(&format!("{key} = {value}\n"));
        }
        Item::Ask { key, asks, choices } => {
            comment(
                &format!("QUESTION {}: {asks}", dotted(&section.path, key)),
                text,
            );
            for choice in choices {
                let remark = match choice.remark.as_str() {
                    "" => String::new(),
                    remark => format!("   # {remark}"),
                };
                for (at, line) in choice.line.lines().enumerate() {
                    let remark = if at == 0 { remark.as_str() } else { "" };
                    text.push_str(&format!("#? {line}{remark}\n"));
                }
            }
        }
        Item::Fill {
            key,
            asks,
            choices,
            empty,
        } => {
            comment(
                &format!("QUESTION {}: {asks}", dotted(&section.path, key)),
                text,
            );
            for choice in choices {
                let remark = match choice.remark.as_str() {
                    "" => String::new(),
                    remark => format!(": {remark}"),
                };
                text.push_str(&format!("#   {}{remark}\n", choice.line));
            }
            text.push_str(&format!("{key} = {empty}   # fill in\n"));
        }
        Item::Offer { line } => text.push_str(&format!("#? {line}\n")),
        Item::Note(note) => comment(note, text),
    }
}

const WIDTH: usize = 100;

/// A comment, wrapped. What comes from a file cannot end the comment: control characters are
/// written out before it gets here, and a line break would be one.
fn comment(words: &str, text: &mut String) {
    let mut line = String::from("#");
    for word in words.split_whitespace() {
        if line.chars().count() + word.chars().count() + 1 > WIDTH && line.len() > 1 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    // `#?` marks answers alone.
    if line.starts_with("# ?") {
        line.insert(1, ' ');
    }
    text.push_str(&line);
    text.push('\n');
}

/// A string as TOML writes it.
pub(super) fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            other if other.is_control() => text.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// A pattern between single quotes where it can be, so that `\` stays as it is.
pub(super) fn pattern(value: &str) -> String {
    if value.contains('\'') || value.chars().any(char::is_control) {
        quoted(value)
    } else {
        format!("'{value}'")
    }
}

pub(super) fn list<'v>(values: impl IntoIterator<Item = &'v str>) -> String {
    let values: Vec<String> = values.into_iter().map(quoted).collect();
    format!("[{}]", values.join(", "))
}
