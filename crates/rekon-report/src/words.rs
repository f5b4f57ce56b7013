//! How values are said: rupiah, dates, instants, and the label of each code. Also what may be
//! shown at all: masking, and characters that could disguise a text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use super::labels::{Label, Language};
use crate::domain::advice::{Actor, Advice, Finding, NextStep};
use crate::domain::money::Money;
use crate::domain::outcome::{BreakKind, Bucket, DateState, Exposure, Severity};
use crate::domain::status::Status;

/// `Rp75.000` or `Rp75.000,50` in Indonesian, `Rp75,000` or `Rp75,000.50` in English.
pub fn rupiah(money: Money, language: Language) -> String {
    let (whole, sen) = money.abs().split();
    let (group, point) = separators(language);
    let sign = if money.is_negative() { "-" } else { "" };
    let whole = grouped(&whole.to_string(), group);
    match sen {
        0 => format!("{sign}Rp{whole}"),
        sen => format!("{sign}Rp{whole}{point}{sen:02}"),
    }
}

pub fn count(value: u64, language: Language) -> String {
    grouped(&value.to_string(), separators(language).0)
}

/// `4,0 %` in Indonesian, `4.0%` in English; what is not nothing never looks like nothing.
pub fn percent(part: u64, of: u64, language: Language) -> String {
    let (_, point) = separators(language);
    let tenths = match of {
        0 => 0,
        of => (u128::from(part) * 1000 + u128::from(of) / 2) / u128::from(of),
    };
    let (sign, tenths) = match (tenths, part) {
        (0, 1..) => ("<\u{a0}", 1),
        (tenths, _) => ("", tenths),
    };
    let gap = match language {
        Language::Id => "\u{a0}",
        Language::En => "",
    };
    format!("{sign}{}{point}{}{gap}%", tenths / 10, tenths % 10)
}

fn separators(language: Language) -> (char, char) {
    match language {
        Language::Id => ('.', ','),
        Language::En => (',', '.'),
    }
}

fn grouped(digits: &str, separator: char) -> String {
    let mut shown = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            shown.push(separator);
        }
        shown.push(digit);
    }
    shown
}

const MONTHS_ID: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des",
];
const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A text with English months, such as `2 May 2026, 06:00`, with those of the language.
pub fn months(text: &str, language: Language) -> String {
    let mut said = text.to_owned();
    if language == Language::Id {
        for (english, indonesian) in MONTHS_EN.into_iter().zip(MONTHS_ID) {
            let whole = |word: &str| match word == english {
                true => indonesian.to_owned(),
                false => word.to_owned(),
            };
            said = said.split(' ').map(whole).collect::<Vec<_>>().join(" ");
        }
    }
    said
}

/// `18 Nov 2026`.
pub fn date(date: NaiveDate, language: Language) -> String {
    let months = match language {
        Language::Id => MONTHS_ID,
        Language::En => MONTHS_EN,
    };
    let month = months[date.month0() as usize % 12];
    format!("{} {month} {}", date.day(), date.year())
}

/// `18 Nov 2026`, `14–18 Nov 2026` or `30 Nov – 2 Des 2026`.
pub fn period(from: NaiveDate, to: NaiveDate, language: Language) -> String {
    if from == to {
        return date(from, language);
    }
    if (from.year(), from.month()) == (to.year(), to.month()) {
        return format!("{}–{}", from.day(), date(to, language));
    }
    format!("{} – {}", date(from, language), date(to, language))
}

/// `18 Nov 2026 23:47 WIB`.
pub fn instant(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let local = at.with_timezone(&zone);
    format!(
        "{} {}",
        date(local.date_naive(), language),
        local.format("%H:%M %Z")
    )
}

/// Makes provider text harmless to look at: line breaks and tabs become blanks; control
/// characters and those that reorder or hide text become the replacement character.
pub fn clean(text: &str) -> String {
    cleaned(text).into_owned()
}

/// The same, borrowed where the text is harmless already, as nearly all of it is.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| !c.is_control() && !is_disguise(c);
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) || text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| match c {
        '\t' | '\n' | '\r' => ' ',
        c if harmless(c) => c,
        _ => '\u{fffd}',
    });
    Cow::Owned(shown.collect())
}

/// Bidirectional controls, zero-width characters, line and paragraph separators.
fn is_disguise(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Fields under their own names.
pub static NO_LABELS: BTreeMap<String, String> = BTreeMap::new();

/// What a report may show of a provider's fields.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    pub personal: &'a [String],
    pub bearer: &'a [String],
    /// Personal fields this report's readers may see in full.
    pub unmask: &'a [String],
    /// What they call the fields.
    pub labels: &'a BTreeMap<String, String>,
}

const HIDDEN: &str = "••••";
/// Shorter values would show more than they hide.
const SHORTEST_PARTLY_SHOWN: usize = 10;
/// Digits of a voucher and of a prepaid token.
const TOKENS: [usize; 2] = [16, 20];

impl Mask<'_> {
    /// The value as this report may show it. Bearer money is never shown, whatever is unmasked.
    pub fn apply(&self, field: &str, value: &str) -> String {
        self.masked(field, value).into_owned()
    }

    fn masked<'v>(&self, field: &str, value: &'v str) -> Cow<'v, str> {
        let lists = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case(field));
        if value.is_empty() {
            return Cow::Borrowed(value);
        }
        if lists(self.bearer) {
            return Cow::Borrowed(HIDDEN);
        }
        if !lists(self.personal) || lists(self.unmask) {
            return Cow::Borrowed(value);
        }
        let characters: Vec<char> = value.chars().collect();
        if characters.len() < SHORTEST_PARTLY_SHOWN {
            return Cow::Borrowed(HIDDEN);
        }
        let first: String = characters[..2].iter().collect();
        let last: String = characters[characters.len() - 4..].iter().collect();
        Cow::Owned(format!("{first}{HIDDEN}{last}"))
    }

    /// The value of a rejected row. A token in the column of amounts, or a phone number in that of
    /// dates, is what it is wherever it stands.
    pub fn apply_rejected(&self, field: &str, value: &str) -> String {
        let bare: String = value
            .chars()
            .filter(|letter| !matches!(letter, ' ' | '-' | '+' | '.'))
            .collect();
        let is_number = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
        let is_token = is_number && TOKENS.contains(&bare.len()) && !self.bearer.is_empty();
        let national = bare.strip_prefix("62").or_else(|| bare.strip_prefix('0'));
        let is_phone = is_number && national.is_some_and(|number| number.starts_with('8'));
        let is_personal = (is_phone || value.contains('@'))
            && !self.personal.is_empty()
            && self.unmask.is_empty();
        let shown = self.apply(field, value);
        // What the field hides in part is hidden enough, but for a token.
        match is_token || (is_personal && shown == value) {
            true => HIDDEN.to_owned(),
            false => shown,
        }
    }

    /// A field as its readers know it.
    pub fn label(&self, field: &str) -> String {
        clean(self.labels.get(field).map_or(field, String::as_str))
    }

    /// A field with its value. A label stays with its value in one line; a field's own name is
    /// followed by a blank, as programs expect it.
    pub fn named(&self, field: &str, value: &str) -> String {
        let mut text = String::new();
        self.name(&mut text, field, value);
        text
    }

    /// The same at the end of a text.
    pub fn name(&self, text: &mut String, field: &str, value: &str) {
        match self.labels.get(field) {
            Some(label) => {
                text.push_str(&cleaned(label));
                text.push('\u{a0}');
            }
            None => {
                text.push_str(&cleaned(field));
                text.push(' ');
            }
        }
        text.push_str(&self.shown(field, value));
    }

    /// A text that may hold any field: shown only where nothing is to be hidden.
    pub fn apply_unnamed(&self, value: &str) -> String {
        if value.is_empty() || !self.hides_anything() {
            value.to_owned()
        } else {
            HIDDEN.to_owned()
        }
    }

    /// For people: masked, then cleaned.
    pub fn show(&self, field: &str, value: &str) -> String {
        self.shown(field, value).into_owned()
    }

    pub fn shown<'v>(&self, field: &str, value: &'v str) -> Cow<'v, str> {
        match self.masked(field, value) {
            Cow::Borrowed(shown) => cleaned(shown),
            Cow::Owned(shown) => Cow::Owned(clean(&shown)),
        }
    }

    pub fn hides_anything(&self) -> bool {
        !self.personal.is_empty() || !self.bearer.is_empty()
    }
}

pub fn severity(severity: Severity) -> Label {
    match severity {
        Severity::Critical => Label::Critical,
        Severity::High => Label::High,
        Severity::Medium => Label::Medium,
        Severity::Low => Label::Low,
    }
}

pub fn actor(actor: Actor) -> Label {
    match actor {
        Actor::Finance => Label::ActorFinance,
        Actor::Ops => Label::ActorOps,
        Actor::Partner => Label::ActorPartner,
    }
}

pub fn exposure(exposure: Exposure) -> Label {
    match exposure {
        Exposure::OwedToUs => Label::OwedToUs,
        Exposure::OwedByUs => Label::OwedByUs,
        Exposure::Undecided => Label::Undecided,
        Exposure::Nothing => Label::NoExposure,
    }
}

pub fn status(status: Status) -> Label {
    match status {
        Status::Success => Label::StatusSuccess,
        Status::Pending => Label::StatusPending,
        Status::Unknown => Label::StatusUnknown,
        Status::Failed => Label::StatusFailed,
        Status::FailedRefunded => Label::StatusRefunded,
        Status::Reversed => Label::StatusReversed,
    }
}

pub fn state(state: DateState) -> Label {
    match state {
        DateState::Complete => Label::StateComplete,
        DateState::NotDue => Label::StateNotDue,
        DateState::Incomplete => Label::StateIncomplete,
        DateState::NotExpected => Label::StateNotExpected,
    }
}

pub fn bucket(bucket: Bucket) -> Label {
    match bucket {
        Bucket::Matched => Label::BucketMatched,
        Bucket::MatchedWithinTolerance => Label::BucketTolerance,
        Bucket::TimingDifferences => Label::BucketTiming,
        Bucket::Netted => Label::BucketNetted,
        Bucket::Split => Label::BucketSplit,
        Bucket::PendingWithinSla => Label::BucketPending,
        Bucket::Awaiting => Label::BucketAwaiting,
        Bucket::NothingToSettle => Label::BucketNothing,
        Bucket::Break(kind) => break_kind(kind),
    }
}

pub fn break_kind(kind: BreakKind) -> Label {
    match kind {
        BreakKind::MissingInLedger => Label::KindMissingInLedger,
        BreakKind::MissingAtPartner => Label::KindMissingAtPartner,
        BreakKind::AmountBreak => Label::KindAmount,
        BreakKind::FeeBreak => Label::KindFee,
        BreakKind::StatusBreak => Label::KindStatus,
        BreakKind::SettledWhilePending => Label::KindSettledPending,
        BreakKind::StuckPending => Label::KindStuck,
        BreakKind::ReversalNotHonoured => Label::KindReversal,
        BreakKind::RefundAfterDelivery => Label::KindRefund,
        BreakKind::Duplicate => Label::KindDuplicate,
        BreakKind::AmbiguousKey => Label::KindAmbiguous,
        BreakKind::DamagedKey => Label::KindDamaged,
    }
}

pub fn reason(finding: Finding) -> Label {
    match finding {
        Finding::NotInLedger => Label::WhyNotInLedger,
        Finding::NotSettled => Label::WhyNotSettled,
        Finding::SettledMore => Label::WhySettledMore,
        Finding::SettledLess => Label::WhySettledLess,
        Finding::FeeBasis => Label::WhyFeeBasis,
        Finding::FeeDiffers => Label::WhyFeeDiffers,
        Finding::FailedHereSettledThere => Label::WhyFailedHere,
        Finding::SuccessHereFailedThere => Label::WhySuccessHereFailed,
        Finding::SuccessHereReversedThere => Label::WhySuccessHereReversed,
        Finding::OpenHereFailedThere => Label::WhyOpenHereFailed,
        Finding::OpenHereReversedThere => Label::WhyOpenHereReversed,
        Finding::UndoesNothing => Label::WhyUndoesNothing,
        Finding::RefundedMore => Label::WhyRefundedMore,
        Finding::RefundedLess => Label::WhyRefundedLess,
        Finding::LookAlikeKey => Label::WhyLookAlike,
        Finding::StatusDiffers => Label::WhyStatusDiffers,
        Finding::SettledWhilePending => Label::WhySettledPending,
        Finding::StuckHere => Label::WhyStuckHere,
        Finding::StuckAtPartner => Label::WhyStuckThere,
        Finding::ReversalNotHonoured => Label::WhyReversal,
        Finding::RefundAfterDelivery => Label::WhyRefund,
        Finding::SettledTwice => Label::WhySettledTwice,
        Finding::BookedTwice => Label::WhyBookedTwice,
        Finding::AmbiguousKey => Label::WhyAmbiguous,
        Finding::DamagedKey => Label::WhyDamaged,
    }
}

pub fn step(step: NextStep) -> Label {
    match step {
        NextStep::DeliverOrRefund => Label::DoDeliverOrRefund,
        NextStep::FindOrder => Label::DoFindOrder,
        NextStep::DisputeBill => Label::DoDisputeBill,
        NextStep::ClaimSettlement => Label::DoClaimSettlement,
        NextStep::ExpectBill => Label::DoExpectBill,
        NextStep::ClaimDifference => Label::DoClaimDifference,
        NextStep::AgreeSurplus => Label::DoAgreeSurplus,
        NextStep::CheckAmountBasis => Label::DoCheckAmountBasis,
        NextStep::CheckFeeRates => Label::DoCheckFeeRates,
        NextStep::ClaimOrCollect => Label::DoClaimOrCollect,
        NextStep::RedeliverOrRefund => Label::DoRedeliverOrRefund,
        NextStep::RecoverOrAccept => Label::DoRecoverOrAccept,
        NextStep::MarkFailed => Label::DoMarkFailed,
        NextStep::MarkReversed => Label::DoMarkReversed,
        NextStep::FindUndone => Label::DoFindUndone,
        NextStep::CompareStatus => Label::DoCompareStatus,
        NextStep::MarkSuccess => Label::DoMarkSuccess,
        NextStep::Escalate => Label::DoEscalate,
        NextStep::DemandReversal => Label::DoDemandReversal,
        NextStep::ClaimReversal => Label::DoClaimReversal,
        NextStep::ReturnDuplicate => Label::DoReturnDuplicate,
        NextStep::ClaimDuplicate => Label::DoClaimDuplicate,
        NextStep::CheckDoubleDelivery => Label::DoCheckDoubleDelivery,
        NextStep::CompareConflict => Label::DoCompareConflict,
        NextStep::TellApart => Label::DoTellApart,
        NextStep::AskForTextReferences => Label::DoAskForText,
        NextStep::JoinSpellings => Label::DoJoinSpellings,
        NextStep::BookRefund => Label::DoBookRefund,
        NextStep::DemandRefund => Label::DoDemandRefund,
    }
}

/// What a finding means in a few words, where its kind's name leaves that open.
pub fn title(advice: Advice, kind: Bucket) -> Label {
    match advice.step {
        NextStep::DeliverOrRefund | NextStep::RedeliverOrRefund => Label::TitleCharged,
        NextStep::ClaimOrCollect | NextStep::RecoverOrAccept => Label::TitleUnpaid,
        NextStep::MarkFailed => Label::TitleSafeToFail,
        NextStep::JoinSpellings => Label::TitleLookAlike,
        NextStep::BookRefund => Label::TitleNotRefunded,
        NextStep::DemandRefund => Label::TitleRefundRemains,
        _ => bucket(kind),
    }
}

pub const AGEING: [Label; 5] = [
    Label::Days0To1,
    Label::Days2To3,
    Label::Days4To7,
    Label::Days8To30,
    Label::DaysOver30,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupiah_follow_the_language() {
        for (sen, id, en) in [
            (7_500_000, "Rp75.000", "Rp75,000"),
            (7_500_050, "Rp75.000,50", "Rp75,000.50"),
            (-200_000, "-Rp2.000", "-Rp2,000"),
            (5, "Rp0,05", "Rp0.05"),
            (0, "Rp0", "Rp0"),
            (99_900, "Rp999", "Rp999"),
            (123_456_789_000, "Rp1.234.567.890", "Rp1,234,567,890"),
        ] {
            assert_eq!(rupiah(Money::from_sen(sen), Language::Id), id);
            assert_eq!(rupiah(Money::from_sen(sen), Language::En), en);
        }
    }

    #[test]
    fn a_share_is_rounded_and_never_to_nothing() {
        for (part, of, id, en) in [
            (59, 1_467, "4,0\u{a0}%", "4.0%"),
            (1, 1, "100,0\u{a0}%", "100.0%"),
            (1, 1_000_000, "<\u{a0}0,1\u{a0}%", "<\u{a0}0.1%"),
            (0, 12, "0,0\u{a0}%", "0.0%"),
            (0, 0, "0,0\u{a0}%", "0.0%"),
        ] {
            assert_eq!(percent(part, of, Language::Id), id);
            assert_eq!(percent(part, of, Language::En), en);
        }
    }

    #[test]
    fn masks_keep_little_and_bearer_money_nothing() {
        let personal = ["customer".to_owned(), "token".to_owned()];
        let bearer = ["token".to_owned()];
        let mut mask = Mask {
            personal: &personal,
            bearer: &bearer,
            unmask: &[],
            labels: &BTreeMap::new(),
        };
        assert_eq!(mask.apply("customer", "081234561234"), "08••••1234");
        assert_eq!(mask.apply("Customer", "081234"), "••••");
        assert_eq!(mask.apply("token", "12345678901234567890"), "••••");
        assert_eq!(mask.apply("product", "PLN100"), "PLN100");
        // What a rejected row has in a plain field is shown as it stands, unless it strayed there.
        for (value, shown) in [
            ("seribu", "seribu"),
            ("1.500", "1.500"),
            ("99999999999999999", "99999999999999999"),
            ("31/02/2026", "31/02/2026"),
            ("", ""),
            ("12345678901234567890", "••••"),
            ("1234 5678 9012 3456", "••••"),
            ("0812-3456-1234", "••••"),
            ("+6281234561234", "••••"),
            ("budi@contoh.id", "••••"),
        ] {
            assert_eq!(mask.apply_rejected("amount", value), shown, "{value}");
        }
        assert_eq!(
            mask.apply_rejected("customer", "Budi Santoso"),
            "Bu••••toso"
        );
        mask.unmask = &personal;
        assert_eq!(mask.apply("customer", "081234561234"), "081234561234");
        assert_eq!(mask.apply("token", "12345678901234567890"), "••••");
    }

    #[test]
    fn nothing_hides_or_reorders() {
        assert_eq!(
            clean("a\r\nb\u{202e}c\u{200b}\u{1b}[0m"),
            "a  b\u{fffd}c\u{fffd}\u{fffd}[0m"
        );
    }

    #[test]
    fn a_period_is_said_shortly() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(
            period(day("2026-11-14"), day("2026-11-18"), Language::Id),
            "14–18 Nov 2026"
        );
        assert_eq!(
            period(day("2026-11-30"), day("2026-12-02"), Language::Id),
            "30 Nov 2026 – 2 Des 2026"
        );
    }
}
