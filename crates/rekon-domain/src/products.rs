//! Every entry of a date once more, by product and by what either side says of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::entry::EntryFacts;
use super::outcome::{Bucket, Sides};
use super::status::Status;

/// The detail field that is totalled.
pub const FIELD: &str = "product";

/// Products that are told apart in a result; the smaller ones are one group.
pub const MOST: usize = 200;
/// More names than any catalogue has: then the field is no product, and none is told apart.
const MOST_NAMES: usize = 65_536;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    Named(String),
    /// The rows name none.
    Unnamed,
    /// All beyond the largest.
    Others,
}

/// What is totalled together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    pub product: Product,
    pub bucket: Bucket,
    /// `None` where the side has no entry.
    pub ledger: Option<Status>,
    pub settlement: Option<Status>,
}

/// One group of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductTotal {
    pub group: Group,
    pub sides: Sides,
}

pub type Totals = BTreeMap<Group, Sides>;

/// The product and the statuses that entries of one finding are totalled under.
pub fn group<'e>(
    bucket: Bucket,
    ledger: impl IntoIterator<Item = &'e EntryFacts>,
    settlement: impl IntoIterator<Item = &'e EntryFacts>,
) -> Group {
    let mut ledger = ledger.into_iter().peekable();
    let mut settlement = settlement.into_iter().peekable();
    let (ours, theirs) = (
        ledger.peek().map(|entry| entry.status),
        settlement.peek().map(|entry| entry.status),
    );
    let product = settlement
        .chain(ledger)
        .find_map(|entry| entry.details.get(FIELD));
    Group {
        product: product.map_or(Product::Unnamed, |name| Product::Named(name.to_owned())),
        bucket,
        ledger: ours,
        settlement: theirs,
    }
}

/// Counts the pairs that are forgotten as they match: one number for each product, looked up by its
/// bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Tallying {
    ids: HashMap<Box<[u8]>, u32, Xxh3DefaultBuilder>,
    /// Rows of one product often follow one another.
    last: Option<(Box<[u8]>, u32)>,
    totals: BTreeMap<(Bucket, Option<Status>, Option<Status>), Vec<Sides>>,
}

impl Tallying {
    /// The totals of one product in one group of statuses; `product` is empty where none is named.
    pub(super) fn sides(
        &mut self,
        bucket: Bucket,
        ledger: Option<Status>,
        settlement: Option<Status>,
        product: &[u8],
    ) -> &mut Sides {
        let id = self.id(product);
        self.sides_of(bucket, ledger, settlement, id)
    }

    /// The same by the number of a product.
    pub(super) fn sides_of(
        &mut self,
        bucket: Bucket,
        ledger: Option<Status>,
        settlement: Option<Status>,
        id: u32,
    ) -> &mut Sides {
        let id = id as usize;
        let totals = self.totals.entry((bucket, ledger, settlement)).or_default();
        if totals.len() <= id {
            totals.resize(id + 1, Sides::default());
        }
        &mut totals[id]
    }

    /// The number of a product.
    pub(super) fn id(&mut self, product: &[u8]) -> u32 {
        if let Some((name, id)) = &self.last
            && **name == *product
        {
            return *id;
        }
        let next = self.ids.len() as u32;
        let id = match self.ids.get(product) {
            Some(id) => *id,
            // One number for whatever comes after: the names then mean nothing.
            None if self.ids.len() >= MOST_NAMES => MOST_NAMES as u32,
            None => {
                self.ids.insert(product.into(), next);
                next
            }
        };
        self.last = Some((product.into(), id));
        id
    }

    pub(super) fn finish(self) -> Totals {
        let mut names = vec![Product::Others; self.ids.len()];
        let too_many = self.totals.values().any(|totals| totals.len() > MOST_NAMES);
        for (name, id) in self.ids.into_iter().filter(|_| !too_many) {
            names[id as usize] = match &*name {
                [] => Product::Unnamed,
                name => Product::Named(String::from_utf8_lossy(name).into_owned()),
            };
        }
        let mut all = Totals::new();
        for ((bucket, ledger, settlement), totals) in self.totals {
            for (id, sides) in totals.into_iter().enumerate() {
                if !sides.is_empty() {
                    let group = Group {
                        product: names.get(id).cloned().unwrap_or(Product::Others),
                        bucket,
                        ledger,
                        settlement,
                    };
                    all.entry(group).or_default().merge(&sides);
                }
            }
        }
        all
    }
}

/// At most [`MOST`] products by name, those with the most entries; what is left is one product.
pub fn bounded(totals: Totals) -> Vec<ProductTotal> {
    let mut entries: BTreeMap<&Product, u64> = BTreeMap::new();
    for (group, sides) in &totals {
        *entries.entry(&group.product).or_default() +=
            sides.settlement.entries + sides.ledger.entries;
    }
    let mut ranked: Vec<(&Product, u64)> = entries.into_iter().collect();
    ranked.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then(a.cmp(b)));
    let small: BTreeSet<Product> = ranked
        .iter()
        .skip(MOST)
        .map(|(product, _)| (*product).clone())
        .collect();
    let mut kept = Totals::new();
    for (mut group, sides) in totals {
        if small.contains(&group.product) {
            group.product = Product::Others;
        }
        kept.entry(group).or_default().merge(&sides);
    }
    let kept = kept.into_iter();
    kept.map(|(group, sides)| ProductTotal { group, sides })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Money;

    fn counted(names: impl Iterator<Item = String>) -> Totals {
        let mut tallying = Tallying::default();
        let success = Some(Status::Success);
        for name in names {
            let sides = tallying.sides(Bucket::Matched, success, success, name.as_bytes());
            sides.ledger.add(Money::from_rupiah(1), None);
        }
        tallying.finish()
    }

    #[test]
    fn small_products_are_one_group_and_nothing_is_lost() {
        let names = (0..300).flat_map(|n| std::iter::repeat_n(format!("P{n:03}"), 300 - n));
        let all: u64 = (1..=300).sum();
        let totals = bounded(counted(names));
        assert_eq!(totals.len(), MOST + 1);
        let sum: u64 = totals.iter().map(|one| one.sides.ledger.entries).sum();
        assert_eq!(sum, all);
        let others = totals
            .iter()
            .find(|one| one.group.product == Product::Others);
        assert_eq!(others.map(|one| one.sides.ledger.entries), Some(5050));
    }

    #[test]
    fn a_field_with_a_name_of_its_own_in_every_row_is_no_product() {
        let totals = counted((0..MOST_NAMES + 5).map(|n| n.to_string()));
        let groups: Vec<&Product> = totals.keys().map(|group| &group.product).collect();
        assert_eq!(groups, [&Product::Others]);
    }

    #[test]
    fn the_order_of_rows_is_no_matter() {
        let names = ["a", "", "b", "a", "a", "b"];
        let forward = counted(names.iter().map(|name| (*name).to_owned()));
        let backward = counted(names.iter().rev().map(|name| (*name).to_owned()));
        assert_eq!(forward, backward);
        assert_eq!(forward.len(), 3);
    }
}
