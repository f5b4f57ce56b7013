//! Control totals: what a file says about its own rows, compared with them.

use regex::Captures;
use serde::Serialize;

use super::fault::{FileFault, Spot};
use super::language::Scope;
use super::profile::{Layout, MoneyRule};
use super::row::{CellKind, Row, RowReader, Which, Written, amount};
use crate::domain::money::{Money, NumberStyle};

/// A total the file declares and its rows confirm. (One they contradict refuses the file.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ControlTotal {
    #[serde(flatten)]
    pub spot: Spot,
    /// `count`, `amount`, `fee` or `net`.
    pub what: &'static str,
    pub declared: String,
    pub computed: String,
    pub state: ControlState,
}

impl std::fmt::Display for ControlTotal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = match self.state {
            ControlState::Matches => "agrees with",
            ControlState::Unproven => "cannot be proved: a rejected row's amount is unknown; read",
        };
        write!(
            f,
            "{}: {} {} {verdict} {}",
            self.spot, self.what, self.declared, self.computed
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlState {
    Matches,
    /// A rejected row's amount could not be read, so the total cannot be proved.
    Unproven,
}

/// Amounts as the file writes them, over all its rows (rejected and filtered ones too).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    pub rows: u64,
    pub rejected: u64,
    pub amount: Money,
    pub fee: Money,
    pub net: Money,
    /// Rejected or filtered rows whose amount, fee or net is unknown.
    #[serde(skip)]
    unread: [u64; 3],
}

impl Sums {
    fn add(&mut self, written: &Written) {
        self.amount += written.amount.unwrap_or_default();
        self.fee += written.fee.unwrap_or_default();
        self.net += written.net.unwrap_or_default();
    }

    fn since(&self, base: &Sums) -> Sums {
        Sums {
            rows: self.rows - base.rows,
            rejected: self.rejected - base.rejected,
            amount: self.amount - base.amount,
            fee: self.fee - base.fee,
            net: self.net - base.net,
            unread: [0, 1, 2].map(|which| self.unread[which] - base.unread[which]),
        }
    }

    fn of(&self, which: Which) -> (Money, u64) {
        match which {
            Which::Amount => (self.amount, self.unread[0]),
            Which::Fee => (self.fee, self.unread[1]),
            Which::Net => (self.net, self.unread[2]),
        }
    }
}

/// A total as declared, before it is compared.
struct Declared {
    spot: Spot,
    scope: Scope,
    total: Total,
}

enum Total {
    Count(u64),
    Money(Which, Money),
}

pub(super) struct Controls {
    sums: Sums,
    sheet_start: Sums,
    section_start: Sums,
    announced: Vec<Declared>,
    proved: Vec<ControlTotal>,
    seen: Vec<bool>,
    ended: bool,
    /// Rows of a section that is not read, since its last section line.
    aside: u64,
    aside_of: Option<usize>,
}

const MONEY: [Which; 3] = [Which::Amount, Which::Fee, Which::Net];

impl Controls {
    pub fn new(layout: &Layout) -> Controls {
        Controls {
            sums: Sums::default(),
            sheet_start: Sums::default(),
            section_start: Sums::default(),
            announced: Vec::new(),
            proved: Vec::new(),
            seen: vec![false; layout.trailer.len()],
            ended: false,
            aside: 0,
            aside_of: None,
        }
    }

    pub fn start_sheet(&mut self) {
        self.sheet_start = self.sums;
        self.section_start = self.sums;
        self.ended = false;
    }

    /// Another section begins; it ends with a line of its own.
    pub fn start_section(&mut self, layout: &Layout) {
        self.section_start = self.sums;
        self.ended = false;
        for (seen, rule) in self.seen.iter_mut().zip(&layout.trailer) {
            *seen &= !rule.ends;
        }
    }

    /// A section that is not read begins, or goes on where only heads of pages stood between.
    pub fn start_aside(&mut self, section: usize) {
        if self.aside_of.replace(section) != Some(section) {
            self.aside = 0;
        }
    }

    /// A part that is read begins.
    pub fn leave_aside(&mut self) {
        self.aside_of = None;
    }

    pub fn count_aside(&mut self) {
        self.aside += 1;
    }

    /// As [`Controls::trailer`] in a section that is not read: its rows are counted, their amounts
    /// are not known.
    pub fn trailer_aside(
        &mut self,
        layout: &Layout,
        text: &str,
        spot: Spot,
    ) -> Result<bool, FileFault> {
        for (index, rule) in layout.trailer.iter().enumerate() {
            let Some(found) = rule.pattern.captures(text) else {
                continue;
            };
            self.seen[index] = true;
            self.ended |= rule.ends;
            if rule.scope == Scope::Section {
                let rows = std::mem::take(&mut self.aside);
                if let Some(stated) = count_in(&found, &spot)?.filter(|stated| *stated != rows) {
                    return Err(FileFault::ControlTotal {
                        spot,
                        what: "count",
                        declared: stated.to_string(),
                        computed: rows.to_string(),
                    });
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Which trailer rules were met.
    pub fn seen(&self) -> &[bool] {
        &self.seen
    }

    pub fn count(&mut self, written: &Written) {
        self.sums.rows += 1;
        self.sums.add(written);
    }

    /// A row that a filter leaves out: the file's totals still hold it.
    pub fn count_filtered(&mut self, written: &Written) {
        self.count(written);
        self.sums.unread[0] += u64::from(written.amount.is_none());
    }

    pub fn count_rejected(&mut self, written: &Written) {
        self.sums.rejected += 1;
        self.sums.add(written);
        for (index, value) in [written.amount, written.fee, written.net]
            .iter()
            .enumerate()
        {
            self.sums.unread[index] += u64::from(value.is_none());
        }
    }

    /// Totals that stand above the rows they add up.
    pub fn announce(
        &mut self,
        layout: &Layout,
        found: &Captures<'_>,
        spot: Spot,
    ) -> Result<(), FileFault> {
        let totals = totals_in(layout, found, &spot)?;
        self.announced
            .extend(totals.into_iter().map(|total| Declared {
                spot: spot.clone(),
                scope: Scope::Sheet,
                total,
            }));
        Ok(())
    }

    /// Compares a line that one of the trailer rules describes; `false` for any other line.
    pub fn trailer(
        &mut self,
        layout: &Layout,
        text: &str,
        row: Row<'_>,
        reader: Option<&RowReader<'_>>,
        spot: Spot,
    ) -> Result<bool, FileFault> {
        for (index, rule) in layout.trailer.iter().enumerate() {
            let Some(found) = rule.pattern.captures(text) else {
                continue;
            };
            self.seen[index] = true;
            self.ended |= rule.ends;
            let mut totals = totals_in(layout, &found, &spot)?;
            if let Some(reader) = reader.filter(|_| rule.totals_by_column) {
                for which in MONEY {
                    let named = found.name(which.name()).is_some();
                    if !named && let Some((value, kind)) = reader.total_below(row, which) {
                        totals.push(money_total(layout, which, &value, kind, &spot)?);
                    }
                }
            }
            for total in totals {
                self.compare(&Declared {
                    spot: spot.clone(),
                    scope: rule.scope,
                    total,
                })?;
            }
            if rule.scope == Scope::Section {
                self.section_start = self.sums;
            }
            return Ok(true);
        }
        Ok(false)
    }

    pub fn end_sheet(&mut self) -> Result<(), FileFault> {
        for declared in std::mem::take(&mut self.announced) {
            self.compare(&declared)?;
        }
        Ok(())
    }

    fn compare(&mut self, declared: &Declared) -> Result<(), FileFault> {
        let sums = match declared.scope {
            Scope::Sheet => self.sums.since(&self.sheet_start),
            Scope::Section => self.sums.since(&self.section_start),
            Scope::File => self.sums,
        };
        let (what, stated, computed, state) = match declared.total {
            Total::Count(stated) => {
                let all = sums.rows + sums.rejected;
                // A rejected line may be a remark that the provider did not count.
                let counted = if stated == sums.rows { sums.rows } else { all };
                let state = (stated == counted).then_some(ControlState::Matches);
                ("count", stated.to_string(), counted.to_string(), state)
            }
            Total::Money(which, stated) => {
                let (computed, unread) = sums.of(which);
                let state = if stated == computed {
                    Some(ControlState::Matches)
                } else {
                    (unread > 0).then_some(ControlState::Unproven)
                };
                (
                    which.name(),
                    stated.to_string(),
                    computed.to_string(),
                    state,
                )
            }
        };
        let Some(state) = state else {
            return Err(FileFault::ControlTotal {
                spot: declared.spot.clone(),
                what,
                declared: stated,
                computed,
            });
        };
        self.proved.push(ControlTotal {
            spot: declared.spot.clone(),
            what,
            declared: stated,
            computed,
            state,
        });
        Ok(())
    }

    pub fn finish(self) -> (Vec<ControlTotal>, Sums) {
        (self.proved, self.sums)
    }
}

/// The totals a pattern's named groups hold: `count`, `amount`, `fee`, `net`.
fn totals_in(layout: &Layout, found: &Captures<'_>, spot: &Spot) -> Result<Vec<Total>, FileFault> {
    let mut totals: Vec<Total> = count_in(found, spot)?
        .map(Total::Count)
        .into_iter()
        .collect();
    for which in MONEY {
        if let Some(value) = found.name(which.name()) {
            totals.push(money_total(
                layout,
                which,
                value.as_str(),
                CellKind::Text,
                spot,
            )?);
        }
    }
    Ok(totals)
}

fn count_in(found: &Captures<'_>, spot: &Spot) -> Result<Option<u64>, FileFault> {
    let Some(count) = found.name("count") else {
        return Ok(None);
    };
    let digits: String = count
        .as_str()
        .chars()
        .filter(|c| !matches!(c, '.' | ',' | ' '))
        .collect();
    let count = digits.parse().map_err(|_| FileFault::ControlUnreadable {
        spot: spot.clone(),
        what: "count",
        value: super::fault::shown(count.as_str()),
        reason: "not a whole number".to_owned(),
    })?;
    Ok(Some(count))
}

fn money_total(
    layout: &Layout,
    which: Which,
    value: &str,
    kind: CellKind,
    spot: &Spot,
) -> Result<Total, FileFault> {
    let own: Option<&MoneyRule> = match which {
        Which::Amount => None,
        Which::Fee => layout.fee.as_ref(),
        Which::Net => layout.net.as_ref(),
    };
    let rule = own.unwrap_or(&layout.amount);
    let style = match kind {
        CellKind::Number => NumberStyle::Plain,
        _ => rule.style,
    };
    let refused = |reason: String| FileFault::ControlUnreadable {
        spot: spot.clone(),
        what: which.name(),
        value: super::fault::shown(value),
        reason,
    };
    match amount(value, style, rule.unit) {
        Ok(Some(money)) => Ok(Total::Money(which, money)),
        Ok(None) => Err(refused("nothing is written".to_owned())),
        Err(reason) => Err(refused(reason)),
    }
}
