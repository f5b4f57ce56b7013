//! The reference of every key of the profile language. `REFERENCE.md` is written from the comments
//! in `language.rs` by the test below, which fails on a key that says nothing of itself.

/// Every key with its meaning, type, default and an example, as Markdown.
pub const REFERENCE: &str = include_str!("REFERENCE.md");

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use syn::{
        Attribute, Expr, Field, File, GenericArgument, Item, Lit, Meta, PathArguments, Type,
    };

    use super::super::language::{RawInheritance, RawProfile};

    const SOURCES: [&str; 5] = [
        include_str!("language.rs"),
        include_str!("profile.rs"),
        include_str!("../../rekon-domain/src/key.rs"),
        include_str!("../../rekon-domain/src/money.rs"),
        include_str!("../../rekon-domain/src/status.rs"),
    ];

    const OPENING: &str = "# Every key of a profile

A profile is a TOML file that says how one provider's report reads. `rekon profiles show NAME` prints
a built-in one as an example, `rekon profiles reference` this page.

## A variant of another profile

A profile with `extends` says only what differs:

```toml
extends = \"ovo-push-to-pay\"
name    = \"ovo-sagara\"
remove  = [\"field.tid\", \"status.map.17\"]

[fee]
columns = [\"...\", \"Biaya Layanan\"]      # every inherited name, and one more

[[field]]
name     = \"customer\"
personal = false

[[status.map]]
codes = [\"40\"]
is    = \"pending\"
```

- Sections merge key by key.
- `[[field]]` and `[[operation.map]]` merge by `name`; one of a new name is added, after the others.
- `[[status.map]]` merges by code and operation: a row for any operation replaces the code in rows for
  any, a row for an operation replaces it for that operation alone.
- Every other list, `[[trailer]]`, `[[filter]]` and their like among them, replaces the inherited one.
- `\"...\"` in a list stands for what is inherited there; in a list of lists for what is inherited in the
  same place: `columns = [[\"...\", \"Tipe\"], [\"...\"]]`.
- `remove` takes out what is inherited before the rest is merged: `fee` and then `[fee]` begins anew.

The profile that is extended may extend another, up to eight. `rekon profiles show NAME --resolved`
prints the whole. Every change of one of these texts, be it a comment, is a change of the profile: its
files are read again.

## Keys
";

    /// A struct or an enum of the language.
    enum Known {
        Table(syn::ItemStruct),
        Choice(syn::ItemEnum),
    }

    fn known() -> BTreeMap<String, Known> {
        let mut known = BTreeMap::new();
        for source in SOURCES {
            let file: File = syn::parse_file(source).expect("a source of ours");
            for item in file.items {
                match item {
                    Item::Struct(item) => {
                        known.insert(item.ident.to_string(), Known::Table(item));
                    }
                    Item::Enum(item) => {
                        known.insert(item.ident.to_string(), Known::Choice(item));
                    }
                    _ => {}
                }
            }
        }
        known
    }

    /// The comment of a key: prose, default and example.
    struct Said {
        prose: String,
        default: Option<String>,
        example: Option<String>,
    }

    fn said(attributes: &[Attribute]) -> Said {
        let mut said = Said {
            prose: String::new(),
            default: None,
            example: None,
        };
        let mut lines: Vec<String> = Vec::new();
        for attribute in attributes {
            if let Meta::NameValue(pair) = &attribute.meta
                && pair.path.is_ident("doc")
                && let Expr::Lit(text) = &pair.value
                && let Lit::Str(text) = &text.lit
            {
                lines.push(text.value().trim().to_owned());
            }
        }
        for line in lines {
            if let Some(default) = line.strip_prefix("Default: ") {
                said.default = Some(default.trim_end_matches('.').to_owned());
            } else if let Some(example) = line.strip_prefix("Example: ") {
                said.example = Some(example.trim_matches('`').to_owned());
            } else {
                if !said.prose.is_empty() {
                    said.prose.push(' ');
                }
                said.prose.push_str(&line);
            }
        }
        said
    }

    /// What `serde` is told about an item, as text.
    fn serde(attributes: &[Attribute]) -> String {
        let lists = attributes.iter().filter(|one| one.path().is_ident("serde"));
        lists
            .filter_map(|one| match &one.meta {
                Meta::List(list) => Some(list.tokens.to_string()),
                _ => None,
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn key_of(field: &Field) -> String {
        let told = serde(&field.attrs);
        match told.split_once("rename = \"") {
            Some((_, rest)) => rest.split('"').next().unwrap_or_default().to_owned(),
            None => field.ident.as_ref().expect("a named field").to_string(),
        }
    }

    /// The name of a type, and what it holds.
    fn parts(of: &Type) -> (String, Option<&Type>) {
        let Type::Path(path) = of else {
            panic!("a type that is no path");
        };
        let last = path.path.segments.last().expect("a name");
        let inner = match &last.arguments {
            PathArguments::AngleBracketed(list) => match list.args.first() {
                Some(GenericArgument::Type(inner)) => Some(inner),
                _ => None,
            },
            _ => None,
        };
        (last.ident.to_string(), inner)
    }

    struct Page {
        known: BTreeMap<String, Known>,
        text: String,
        faults: Vec<String>,
    }

    impl Page {
        fn section(&mut self, name: &str, path: &str, many: bool) {
            let Some(Known::Table(table)) = self.known.remove(name) else {
                self.faults
                    .push(format!("{name} is no struct of {path}, or is met twice"));
                return;
            };
            let title = match (path, many) {
                ("", _) => "### Above the first section".to_owned(),
                (path, true) => format!("### `[[{path}]]`"),
                (path, false) => format!("### `[{path}]`"),
            };
            let about = said(&table.attrs).prose;
            if about.is_empty() && !path.is_empty() {
                self.faults.push(format!("[{path}] has no comment"));
            }
            self.text += &format!("\n{title}\n\n{about}\n\n");
            let mut below: Vec<(String, Vec<String>, bool, bool, String)> = Vec::new();
            let inheritance = match path {
                "" => self.known.remove("RawInheritance"),
                _ => None,
            };
            if let Some(Known::Table(first)) = &inheritance {
                for field in &first.fields {
                    self.key(field, path, &mut below);
                }
            }
            for field in &table.fields {
                self.key(field, path, &mut below);
            }
            self.sections(below);
        }

        /// Sections of one type share one description: `[amount]`, `[fee]` and `[net]`.
        fn sections(&mut self, below: Vec<(String, Vec<String>, bool, bool, String)>) {
            for (name, paths, many, needed, about) in below {
                let before = self.text.len();
                self.section(&name, &paths[0], many);
                let written = self.text.split_off(before);
                let (title, rest) = written.split_once("\n\n").unwrap_or((&written, ""));
                let mut title = title.to_owned();
                if needed {
                    title += " (required)";
                }
                for path in &paths[1..] {
                    title += &format!(", `[{path}]`");
                }
                self.text += &title;
                self.text += "\n\n";
                if !about.is_empty() {
                    self.text += &about;
                    self.text += "\n\n";
                }
                self.text += rest;
            }
        }

        fn key(
            &mut self,
            field: &Field,
            path: &str,
            below: &mut Vec<(String, Vec<String>, bool, bool, String)>,
        ) {
            let key = key_of(field);
            let at = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let said = said(&field.attrs);
            let (mut outer, mut inner) = parts(&field.ty);
            let optional = outer == "Option";
            if optional {
                (outer, inner) = parts(inner.expect("what is optional"));
            }
            let has_default = serde(&field.attrs).contains("default");
            let needed = !optional && !has_default;
            let (element, many) = match (outer.as_str(), inner) {
                ("Vec", Some(element)) => (parts(element), true),
                _ => ((outer.clone(), inner), false),
            };
            if matches!(self.known.get(&element.0), Some(Known::Table(_)))
                || below.iter().any(|(name, ..)| *name == element.0)
            {
                let about = match said.prose.as_str() {
                    "" => String::new(),
                    prose => format!("`[{at}]`: {prose}"),
                };
                match below.iter_mut().find(|(name, ..)| *name == element.0) {
                    Some((_, paths, _, _, all)) => {
                        paths.push(at);
                        if !about.is_empty() {
                            *all = format!("{all} {about}");
                        }
                    }
                    None => below.push((element.0, vec![at], many, needed, about)),
                }
                return;
            }
            let mut choices = Vec::new();
            let kind = match (element.0.as_str(), many) {
                ("Vec", true) => "list of lists of texts".to_owned(),
                ("String", true) => "list of texts".to_owned(),
                ("String", false) => "text".to_owned(),
                ("bool", false) => "`true` or `false`".to_owned(),
                ("u8" | "u16" | "u32" | "usize" | "i64", false) => "number".to_owned(),
                (name, false) => match self.known.get(name) {
                    Some(Known::Choice(choice)) => {
                        choices = choices_of(choice, &mut self.faults);
                        "one of".to_owned()
                    }
                    _ => {
                        self.faults
                            .push(format!("{at}: {name} is in none of the sources"));
                        String::new()
                    }
                },
                (name, true) => {
                    self.faults
                        .push(format!("{at}: a list of {name} is not described"));
                    String::new()
                }
            };
            let default = match (&said.default, needed, element.0.as_str(), many) {
                (Some(default), ..) => format!("default {default}"),
                (None, true, ..) => "required".to_owned(),
                (None, false, "bool", false) => "default `false`".to_owned(),
                (None, false, _, true) if !optional => "default `[]`".to_owned(),
                _ => {
                    self.faults
                        .push(format!("{at}: its comment says no Default:"));
                    String::new()
                }
            };
            if said.prose.is_empty() {
                self.faults.push(format!("{at} has no comment"));
            }
            let Some(example) = said.example else {
                self.faults
                    .push(format!("{at}: its comment has no Example:"));
                return;
            };
            if !example.starts_with(&format!("{key} = ")) {
                self.faults
                    .push(format!("{at}: its example is of another key"));
            }
            self.text += &format!("- `{key}` ({kind}; {default}): {}", said.prose);
            for (name, about) in choices {
                self.text += &format!("\n  - `\"{name}\"`: {about}");
            }
            self.text += &format!("\n  `{example}`\n");
        }
    }

    fn choices_of(choice: &syn::ItemEnum, faults: &mut Vec<String>) -> Vec<(String, String)> {
        let kebab = serde(&choice.attrs).contains("kebab-case");
        assert!(kebab, "{} is not spelled with hyphens", choice.ident);
        let mut choices = Vec::new();
        for variant in &choice.variants {
            let mut name = String::new();
            for letter in variant.ident.to_string().chars() {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('-');
                }
                name.extend(letter.to_lowercase());
            }
            let about = said(&variant.attrs).prose;
            if about.is_empty() {
                faults.push(format!(
                    "{}::{} has no comment",
                    choice.ident, variant.ident
                ));
            }
            choices.push((name, about));
        }
        choices
    }

    #[test]
    fn the_reference_says_what_the_language_knows() {
        let mut page = Page {
            known: known(),
            text: OPENING.to_owned(),
            faults: Vec::new(),
        };
        page.section("RawProfile", "", false);
        assert!(page.faults.is_empty(), "{}", page.faults.join("\n"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/REFERENCE.md");
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        if written != page.text {
            std::fs::write(&path, &page.text).expect("the reference is written");
            panic!("src/REFERENCE.md was not up to date and is now: read it and commit it");
        }
    }

    /// The keys of a table, each as `(key, example)`; only what must be there unless `wanted`.
    fn examples(
        known: &BTreeMap<String, Known>,
        name: &str,
        path: &str,
        many: bool,
        wanted: &str,
        out: &mut (String, String),
    ) {
        let Some(Known::Table(table)) = known.get(name) else {
            return;
        };
        let mut lines = String::new();
        let mut below = (String::new(), String::new());
        for field in &table.fields {
            let key = key_of(field);
            let at = match path {
                "" => key.clone(),
                path => format!("{path}.{key}"),
            };
            let (mut outer, mut inner) = parts(&field.ty);
            let optional = outer == "Option";
            if optional {
                (outer, inner) = parts(inner.expect("what is optional"));
            }
            let needed = !optional && !serde(&field.attrs).contains("default");
            if !needed && wanted != at && !wanted.starts_with(&format!("{at}.")) {
                continue;
            }
            let (element, rows) = match (outer.as_str(), inner) {
                ("Vec", Some(element)) => (parts(element).0, true),
                _ => (outer, false),
            };
            match known.get(&element) {
                Some(Known::Table(_)) => examples(known, &element, &at, rows, wanted, &mut below),
                _ => {
                    lines += &said(&field.attrs).example.unwrap_or_default();
                    lines.push('\n');
                }
            }
        }
        match (path, many) {
            ("", _) => {}
            (path, true) => out.1 += &format!("[[{path}]]\n"),
            (path, false) => out.1 += &format!("[{path}]\n"),
        }
        out.1 += &lines;
        out.1 += &below.1;
    }

    fn every_key(known: &BTreeMap<String, Known>, name: &str, path: &str, keys: &mut Vec<String>) {
        let Some(Known::Table(table)) = known.get(name) else {
            return;
        };
        for field in &table.fields {
            let at = match path {
                "" => key_of(field),
                path => format!("{path}.{}", key_of(field)),
            };
            let mut of = parts(&field.ty);
            while let ("Option" | "Vec", Some(inner)) = (of.0.as_str(), of.1) {
                of = parts(inner);
            }
            match known.get(&of.0) {
                Some(Known::Table(_)) => every_key(known, &of.0, &at, keys),
                _ => keys.push(at),
            }
        }
    }

    #[test]
    fn every_example_is_one() {
        let known = known();
        let mut keys = Vec::new();
        every_key(&known, "RawProfile", "", &mut keys);
        assert!(keys.len() > 60, "{keys:?}");
        for key in keys {
            let mut out = (String::new(), String::new());
            examples(&known, "RawProfile", "", false, &key, &mut out);
            let read: Result<RawProfile, _> = toml::from_str(&out.1);
            assert!(read.is_ok(), "{key}: {}\n{}", read.err().unwrap(), out.1);
            let last = key.rsplit('.').next().expect("a key");
            assert!(out.1.contains(&format!("{last} = ")), "{key}:\n{}", out.1);
        }
        let Some(Known::Table(first)) = known.get("RawInheritance") else {
            panic!("what a profile says of another");
        };
        let text: Vec<String> = first
            .fields
            .iter()
            .filter_map(|field| said(&field.attrs).example)
            .collect();
        let read: RawInheritance = toml::from_str(&text.join("\n")).expect("its examples");
        assert!(read.extends.is_some() && !read.remove.is_empty());
    }
}
