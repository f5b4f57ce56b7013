//! What an entry says beside its money and status: fields by name.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Iter;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

type Fields = BTreeMap<String, String>;

/// Fields with a value, shared by all copies of an entry: groups, findings, items and results each hold
/// the same entries.
#[derive(Clone, Default)]
pub struct Details(Option<Arc<Fields>>);

static NONE: Fields = BTreeMap::new();

impl Deref for Details {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for Details {
    /// Of this copy alone.
    fn deref_mut(&mut self) -> &mut Fields {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl PartialEq for Details {
    fn eq(&self, other: &Details) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) if Arc::ptr_eq(one, other) => true,
            _ => **self == **other,
        }
    }
}

impl Eq for Details {}

impl PartialOrd for Details {
    fn partial_cmp(&self, other: &Details) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Details {
    fn cmp(&self, other: &Details) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl From<Fields> for Details {
    fn from(fields: Fields) -> Details {
        Details((!fields.is_empty()).then(|| Arc::new(fields)))
    }
}

impl<const N: usize> From<[(String, String); N]> for Details {
    fn from(fields: [(String, String); N]) -> Details {
        Details::from(BTreeMap::from(fields))
    }
}

impl<'d> IntoIterator for &'d Details {
    type Item = (&'d String, &'d String);
    type IntoIter = Iter<'d, String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Details, D::Error> {
        Fields::deserialize(deserializer).map(Details::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_until_one_of_them_changes() {
        let mut one = Details::from([("tid".to_owned(), "7".to_owned())]);
        let other = one.clone();
        one.insert("mid".to_owned(), "8".to_owned());
        assert_eq!((one.len(), other.len()), (2, 1));
        one.clear();
        // What was emptied is as good as what never held anything.
        assert!(one.is_empty() && Details::default().is_empty());
        assert_eq!(one, Details::default());
    }
}
