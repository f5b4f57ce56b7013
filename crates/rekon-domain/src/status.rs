//! What happened to a payment, and which operation a row records.

use serde::{Deserialize, Serialize};

/// The canonical status of an entry. Pending and unknown are never turned into failed by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Status {
    Success,
    Pending,
    Unknown,
    Failed,
    /// Failed at the provider, who gave the money back: after a success of ours this is a loss.
    FailedRefunded,
    Reversed,
}

impl Status {
    /// The five canonical names, as the ledger query and the outputs spell them.
    pub fn name(self) -> &'static str {
        match self {
            Status::Success => "success",
            Status::Pending => "pending",
            Status::Unknown => "unknown",
            Status::Failed | Status::FailedRefunded => "failed",
            Status::Reversed => "reversed",
        }
    }

    /// The name that tells each from every other one.
    pub fn code(self) -> &'static str {
        match self {
            Status::FailedRefunded => "failed-refunded",
            status => status.name(),
        }
    }

    /// Reads a canonical name, and `failed-refunded` as profiles write it.
    pub fn from_name(name: &str) -> Option<Status> {
        Some(match name {
            "success" => Status::Success,
            "pending" => Status::Pending,
            "unknown" => Status::Unknown,
            "failed" => Status::Failed,
            "failed-refunded" => Status::FailedRefunded,
            "reversed" => Status::Reversed,
            _ => return None,
        })
    }

    pub const NAMES: [&str; 6] = [
        "success",
        "pending",
        "unknown",
        "failed",
        "failed-refunded",
        "reversed",
    ];

    /// Not final yet: pending or unknown.
    pub fn is_open(self) -> bool {
        matches!(self, Status::Pending | Status::Unknown)
    }

    pub fn is_failed(self) -> bool {
        matches!(self, Status::Failed | Status::FailedRefunded)
    }
}

/// The operation a row records. Direction follows from it, never from a sign:
/// OVO writes voids with positive amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Kind {
    Payment,
    Void,
    Reversal,
    Refund,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Payment => "payment",
            Kind::Void => "void",
            Kind::Reversal => "reversal",
            Kind::Refund => "refund",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        Some(match name {
            "payment" => Kind::Payment,
            "void" => Kind::Void,
            "reversal" => Kind::Reversal,
            "refund" => Kind::Refund,
            _ => return None,
        })
    }

    pub const NAMES: [&str; 4] = ["payment", "void", "reversal", "refund"];

    /// Undoes a payment.
    pub fn undoes(self) -> bool {
        self != Kind::Payment
    }
}

/// Which way the money of a channel flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyDirection {
    /// The partner pays us: OVO payments, bills sold by Tokopedia.
    WeReceive,
    /// We pay the partner: digital goods bought from Tokopedia.
    WePay,
}
