//! What an entry says beside its money and status: fields by name.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Fields with a value, in the order of their names. All copies of an entry share them, in one piece of
/// memory: there are millions of them, and a map of texts takes five times as much.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Details(Option<Arc<str>>);

/// One field after the other, each text with its length in front.
#[derive(Clone, Debug)]
pub struct Fields<'d>(&'d str);

impl<'d> Fields<'d> {
    fn text(&mut self) -> Option<&'d str> {
        let (length, rest) = self.0.split_once(':')?;
        let (text, rest) = rest.split_at_checked(length.parse().ok()?)?;
        self.0 = rest;
        Some(text)
    }
}

impl<'d> Iterator for Fields<'d> {
    type Item = (&'d str, &'d str);

    fn next(&mut self) -> Option<(&'d str, &'d str)> {
        Some((self.text()?, self.text()?))
    }
}

impl Details {
    /// These fields, the empty ones left out; of two with one name the later counts.
    pub fn of<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Details {
        let mut fields: Vec<(&str, &str)> = fields.into_iter().collect();
        fields.reverse();
        fields.sort_by_key(|(name, _)| *name);
        fields.dedup_by_key(|(name, _)| *name);
        fields.retain(|(_, value)| !value.is_empty());
        if fields.is_empty() {
            return Details::default();
        }
        let mut text = String::new();
        for part in fields.into_iter().flat_map(|(name, value)| [name, value]) {
            text.push_str(&part.len().to_string());
            text.push(':');
            text.push_str(part);
        }
        Details(Some(text.into()))
    }

    pub fn iter(&self) -> Fields<'_> {
        Fields(self.0.as_deref().unwrap_or_default())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    pub fn values(&self) -> impl Iterator<Item = &str> + Clone {
        self.iter().map(|(_, value)| value)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.iter();
        fields.find_map(|(field, value)| (field == name).then_some(value))
    }

    pub fn len(&self) -> usize {
        self.iter().count()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Of this copy alone.
    pub fn insert(&mut self, name: &str, value: &str) {
        *self = Details::of(self.iter().chain([(name, value)]));
    }

    pub fn clear(&mut self) {
        *self = Details::default();
    }
}

impl PartialOrd for Details {
    fn partial_cmp(&self, other: &Details) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Details {
    fn cmp(&self, other: &Details) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Details {
    fn from(fields: [(&str, &str); N]) -> Details {
        Details::of(fields)
    }
}

impl<'d> IntoIterator for &'d Details {
    type Item = (&'d str, &'d str);
    type IntoIter = Fields<'d>;

    fn into_iter(self) -> Fields<'d> {
        self.iter()
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Details, D::Error> {
        let fields = BTreeMap::<String, String>::deserialize(deserializer)?;
        let fields = fields.iter();
        Ok(Details::of(fields.map(|(name, value)| (&**name, &**value))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_what_was_put_in() {
        let hostile = "3:a1:é\u{1f}\n\"";
        let one = Details::from([("tid", "7"), ("b", hostile), ("", "nameless"), ("gone", "")]);
        let all: Vec<(&str, &str)> = one.iter().collect();
        assert_eq!(all, [("", "nameless"), ("b", hostile), ("tid", "7")]);
        assert_eq!(one.get("b"), Some(hostile));
        assert_eq!(one.get("gone"), None);
        let json = serde_json::to_string(&one).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Details>(&json).expect("details"),
            one
        );
    }

    #[test]
    fn a_change_is_of_one_copy() {
        let mut one = Details::from([("tid", "7")]);
        let other = one.clone();
        one.insert("mid", "8");
        one.insert("tid", "9");
        assert_eq!((one.len(), one.get("tid"), other.len()), (2, Some("9"), 1));
        one.clear();
        // What was emptied is as good as what never held anything.
        assert!(one.is_empty() && Details::default().is_empty());
        assert_eq!(one, Details::default());
    }
}
