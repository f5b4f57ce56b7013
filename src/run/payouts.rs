//! What settlement files say of the money they pay out. Nothing of it is stored: it is known of the
//! files that a run reads.

use chrono::NaiveDate;

use crate::config::Channel;
use crate::domain::entry::decode_details;
use crate::profiles::ReadFile;
use crate::report::input::Payout;
use crate::store::FileRecord;

/// The field of a profile that names what a row is paid out with.
const BATCH: &str = "settlement_batch";
/// Names of batches that are told of one file.
const NAMED: usize = 3;

/// `None` where the file does not say what is paid out.
pub fn payout(channel: &Channel, file: &FileRecord, read: &ReadFile) -> Option<Payout> {
    let mut columns = read.format.sheets.iter().flat_map(|sheet| &sheet.columns);
    let says_net = columns.any(|column| column.field == "net");
    says_net.then(|| Payout {
        sha256: file.sha256.clone(),
        file: file.name.clone(),
        covered: file
            .coverage
            .iter()
            .map(|line| line.0)
            .collect::<Vec<NaiveDate>>(),
        batches: batches(channel, read),
        rows: read.sums.rows,
        rejected: read.sums.rejected,
        paid: read.paid.clone(),
        net: read.sums.net,
    })
}

/// Their names in the order of the rows; one more than is told where there are too many.
fn batches(channel: &Channel, read: &ReadFile) -> Vec<String> {
    let names = &channel.profile.details;
    let Some(at) = names.iter().position(|name| name == BATCH) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for entry in read.entries.entries.iter() {
        let batch = decode_details(read.entries.details(entry))
            .into_iter()
            .nth(at);
        let batch = batch.filter(|batch| !batch.is_empty() && !found.contains(batch));
        found.extend(batch);
        if found.len() > NAMED {
            break;
        }
    }
    found
}
