//! Every word of every report, once, in Indonesian and English. `{name}` marks a figure.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Id,
    En,
}

impl Language {
    pub fn code(self) -> &'static str {
        match self {
            Language::Id => "id",
            Language::En => "en",
        }
    }
}

macro_rules! labels {
    ($($name:ident: $id:literal | $en:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Label { $($name),* }

        impl Label {
            pub const ALL: &'static [Label] = &[$(Label::$name),*];

            pub fn name(self) -> &'static str {
                match self { $(Label::$name => stringify!($name)),* }
            }

            pub fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Label::$name, Language::Id) => $id,
                      (Label::$name, Language::En) => $en),*
                }
            }
        }
    };
}

labels! {
    // Verdict and subject
    ReportTitle: "Rekonsiliasi" | "Reconciliation";
    VerdictClean: "Lengkap, tanpa selisih" | "Complete, no breaks";
    VerdictBreaks: "Lengkap, {count} selisih" | "Complete, {count} {breaks}";
    VerdictIncomplete: "Belum lengkap" | "Incomplete";
    VerdictIncompleteBreaks: "Belum lengkap, {count} selisih" | "Incomplete, {count} {breaks}";
    VerdictNotDue: "Menunggu jadwal berkas" | "Not due yet";
    VerdictNotDueBreaks: "Sebagian menunggu jadwal berkas, {count} selisih" | "Partly not due yet, {count} {breaks}";
    VerdictNothing: "Tidak ada berkas yang dijadwalkan" | "No file expected";
    Proportion: "{count} selisih dari {of} transaksi ({percent})." | "{count} {breaks} in {of} transactions ({percent}).";
    RowsRejected: "{count} baris ditolak" | "{count} rejected {rows}";
    FilesRefused: "{count} berkas ditolak" | "{count} refused {files}";
    MailsQuarantined: "{count} email ditahan" | "{count} quarantined {mails}";
    MailOne: "email" | "mail";
    MailMany: "email" | "mails";
    FilesLate: "{count} berkas diterima terlambat." | "{count} files came after they were due.";
    FilesInOrder: "{count} berkas lain sudah diterima." | "{count} other files are in.";
    FilesInWorkbook: "Daftar lengkapnya ada di lampiran Excel." | "The workbook lists every file.";
    LedgerRowsRejected: "{count} baris pembukuan ditolak" | "{count} rejected ledger {rows}";
    RejectedLedgerRows: "Baris pembukuan ditolak" | "Rejected ledger rows";
    RowOne: "baris" | "row";
    RowMany: "baris" | "rows";
    FileOne: "berkas" | "file";
    FileMany: "berkas" | "files";
    SubjectRisk: "{amount} berisiko" | "{amount} at risk";
    ChannelsFailed: "belum direkonsiliasi: {channels}" | "not reconciled: {channels}";
    ScopeFailed: "Belum direkonsiliasi: {list}" | "Not reconciled: {list}";
    ScopeMissing: "Berkas {list} belum diterima" | "Missing: {list}";
    ScopeNotDue: "Berkas {list} belum waktunya diterima" | "Not due yet: {list}";
    ScopeComplete: "Semua berkas sudah diterima dan diperiksa ({results} kanal per tanggal)." | "Every file is in: {results} channel and date results.";
    ScopeOne: "Berkas sudah diterima dan sudah diperiksa seluruhnya." | "The file is in and checked in full.";
    UnknownDates: "Belum termasuk: {list}. Nilainya belum diketahui, bukan nol." | "Not included: {list}. Those amounts are not known, not zero.";
    ScopeNotJudged: "Belum dapat dinilai: {list}" | "Not judged: {list}";
    NotKnown: "belum diketahui" | "not known";
    BreakOne: "selisih" | "break";
    BreakMany: "selisih" | "breaks";

    // Money at risk
    AtRisk: "Nilai berisiko" | "At risk";
    OwedToUs: "Piutang ke mitra" | "Owed to us";
    OwedByUs: "Kewajiban kita" | "Owed by us";
    Undecided: "Belum pasti" | "Undecided";
    NoExposure: "Tidak berisiko" | "No exposure";
    NeverNetted: "Ketiganya dicatat terpisah (tidak di-net)." | "The three are kept apart (never netted).";

    // Sections
    FirstSteps: "Prioritas tindak lanjut" | "What to do first";
    NothingToDo: "Tidak ada yang perlu ditindaklanjuti." | "Nothing needs action.";
    Breaks: "Selisih" | "Breaks";
    BreaksBySeverity: "Selisih menurut tingkat" | "Breaks by severity";
    Pendings: "Transaksi menggantung" | "Stuck pendings";
    Patterns: "Pola yang terlihat" | "Patterns";
    FilesTitle: "Berkas" | "Files";
    RollForward: "Mutasi selisih terbuka" | "Roll-forward of open items";
    Ageing: "Umur selisih terbuka" | "Ageing of open items";
    NoOpenItems: "Tidak ada selisih terbuka." | "No open items.";
    OldestOpen: "Selisih terlama" | "Oldest open items";
    Totals: "Rincian per kanal dan tanggal" | "Totals by channel and date";
    RejectedRows: "Baris ditolak" | "Rejected rows";
    Notices: "Catatan" | "Notes";
    Summary: "Ringkasan" | "Summary";
    TotalsSheet: "Rincian kategori" | "Totals";
    MoreBreaks: "{count} selisih lain ada di lampiran Excel." | "{count} more breaks are in the workbook.";
    MoreRows: "{count} baris lain ada di lampiran Excel." | "{count} more rows are in the workbook.";
    Footer: "Proses {run}, posisi per {as_of}. Zona waktu {zone}." | "Run {run}, as of {as_of}. Times in {zone}.";
    Masked: "Data pribadi disamarkan." | "Personal data is masked.";
    AskEngineers: "hubungi tim IT" | "ask your IT team";
    NotReadable: "tidak dapat dibaca" | "it cannot be read";
    InEnglish: "(dalam bahasa Inggris)" | "(in English)";

    // Columns
    Channel: "Kanal" | "Channel";
    Profile: "Profil" | "Profile";
    BusinessDate: "Tanggal bisnis" | "Business date";
    State: "Status" | "State";
    Revision: "Revisi" | "Revision";
    Settlement: "Settlement mitra" | "Settlement";
    Ledger: "Pembukuan kita" | "Ledger";
    Net: "Neto" | "Net";
    Entries: "Transaksi" | "Entries";
    Count: "Jumlah" | "Count";
    Amount: "Nominal" | "Amount";
    Fee: "Biaya" | "Fee";
    Matched: "Cocok" | "Matched";
    Category: "Kategori" | "Category";
    Id: "ID" | "ID";
    SeverityColumn: "Tingkat" | "Severity";
    Kind: "Jenis" | "Kind";
    Key: "Referensi transaksi" | "Key";
    Reason: "Penyebab" | "Reason";
    Step: "Tindak lanjut" | "Next step";
    Who: "Ditangani oleh" | "Who acts";
    Deadline: "Batas waktu" | "Deadline";
    DeadlineLead: "Batas waktu" | "Deadline:";
    NoDeadline: "tanpa batas waktu" | "no deadline";
    Age: "Umur (hari)" | "Age (days)";
    Exposure: "Posisi" | "Exposure";
    Difference: "Selisih nominal" | "Difference";
    Reference: "Referensi lain" | "Reference";
    Details: "Rincian" | "Details";
    LedgerEntries: "Transaksi kita" | "Ledger entries";
    SettlementEntries: "Transaksi mitra" | "Settlement entries";
    LedgerStatus: "Status kita" | "Our status";
    SettlementStatus: "Status mitra" | "Partner status";
    LedgerAmount: "Nominal kita" | "Our amount";
    SettlementAmount: "Nominal mitra" | "Partner amount";
    LedgerFee: "Biaya kita" | "Our fee";
    SettlementFee: "Biaya mitra" | "Partner fee";
    LedgerTime: "Waktu kita" | "Our time";
    SettlementTime: "Waktu mitra" | "Partner time";
    Since: "Sejak" | "Since";
    VoidWindow: "Batas void" | "Void window";
    CheckWindow: "Batas cek status" | "Check status window";
    ClosedAt: "lewat sejak {at}" | "passed at {at}";
    OpenUntil: "sampai {at}" | "until {at}";
    NotOffered: "tidak tersedia" | "not offered";
    FileName: "Berkas" | "File";
    Sheet: "Sheet" | "Sheet";
    Row: "Baris" | "Row";
    Column: "Kolom" | "Column";
    Value: "Nilai" | "Value";
    Rows: "Baris" | "Rows";
    Rejected: "Ditolak" | "Rejected";
    Received: "Diterima" | "Received";
    Due: "Batas terima" | "Due";
    Resolution: "Penyelesaian" | "Resolution";
    Owner: "PIC" | "Owner";
    Note: "Catatan tindak lanjut" | "Note";
    Facts: "Sidik fakta" | "Facts";
    ClosedBy: "Ditutup oleh" | "Closed by";
    StateOpen: "Terbuka" | "Open";
    ClosedLine: "{state} oleh {by}, {at}: {reason}" | "{state} by {by}, {at}: {reason}";
    ChainHead: "Rantai audit sebelum laporan ini: entri {seq}, {hash}." | "Audit chain before this report: entry {seq}, {hash}.";
    Sha256: "SHA-256" | "SHA-256";
    Opening: "Saldo awal" | "Opening";
    New: "Baru" | "New";
    Cleared: "Sudah cocok" | "Cleared";
    Resolved: "Diselesaikan" | "Resolved";
    WrittenOff: "Dihapusbukukan" | "Written off";
    Closing: "Saldo akhir" | "Closing";
    Total: "Total" | "Total";
    Days0To1: "0–1 hari" | "0–1 days";
    Days2To3: "2–3 hari" | "2–3 days";
    Days4To7: "4–7 hari" | "4–7 days";
    Days8To30: "8–30 hari" | "8–30 days";
    DaysOver30: "lebih dari 30 hari" | "over 30 days";
    DaysOld: "{count} hari" | "{count} days";
    DayOld: "1 hari" | "1 day";
    ToleranceNote: "{channel} {date}: {count} transaksi dicocokkan dalam toleransi{amount}{fee}." | "{channel} {date}: {count} entries matched within tolerance{amount}{fee}.";
    ToleranceAmount: ", total selisih nominal {amount}" | ", {amount} apart in total";
    ToleranceFee: ", total selisih biaya {amount}" | ", fees {amount} apart in total";
    ByDate: "Per tanggal" | "By date";
    MoreInList: "{count} selisih lain pada tanggal ini ada di daftar di atas." | "{count} more breaks of this date are in the list above.";
    MoreOfDate: "dan {count} lagi di lampiran Excel" | "and {count} more in the workbook";
    MoreDates: "{count} tanggal lain yang perlu diperhatikan dirinci di lampiran Excel." | "{count} more dates that need attention are in the workbook.";
    DatesComplete: "{known} dari {all} tanggal lengkap" | "{known} of {all} dates complete";

    // The last dates, and the page
    Trend: "{count} tanggal terakhir" | "The last {count} dates";
    TrendAtLeast: "≥ {amount}" | "≥ {amount}";
    TrendPartly: "≥: belum semua kanal lengkap; nilainya paling sedikit sebesar itu." | "≥: not every channel is complete; it is at least that much.";
    UnknownAbove: "Belum termasuk {count} tanggal per kanal di atas. Nilainya belum diketahui, bukan nol." | "Not included: the {count} results named above. Those amounts are not known, not zero.";
    DateMany: "{count} tanggal" | "{count} dates";
    MoreSteps: "{count} tindak lanjut lagi" | "{count} more steps";
    TrendNotRun: "Belum diproses" | "Not run";
    TemplateFault: "Template {fault}. Dipakai template bawaan; periksa dengan: rekon check" | "Template {fault}. The built-in one was used; try: rekon check";
    SkipToBreaks: "Langsung ke daftar selisih" | "Skip to the list of breaks";
    SearchBreaks: "Cari" | "Search";
    SearchHint: "referensi, invoice, nominal, tanggal, produk …" | "reference, invoice, amount, date, product …";
    FilterAll: "Semua" | "All";
    FilterReset: "Tampilkan semua" | "Show all";
    FilterTitle: "Filter daftar selisih" | "Filter the breaks";
    AllBreaks: "Semua selisih" | "All breaks";
    AllPendings: "Transaksi pending" | "Pending payments";
    ShownOf: "{shown} dari {all} selisih" | "{shown} of {all} breaks";
    NoneShown: "Tidak ada selisih yang sesuai dengan filter ini." | "No break matches this filter.";
    PageBound: "Halaman ini memuat {count} selisih terberat; {rest} lainnya ada di lampiran Excel." | "This page has the gravest {count}; the workbook has the {rest} others too.";
    PageMore: "{count} baris lain ada di lampiran Excel." | "{count} more rows are in the workbook.";
    AgeTitle: "Umur" | "Age";
    NoBreaks: "Tidak ada selisih." | "No breaks.";
    Within: "{place}, baris {row}" | "{place}, row {row}";

    // States
    StateComplete: "Lengkap" | "Complete";
    StateNotDue: "Belum waktunya" | "Not due";
    StateIncomplete: "Belum lengkap" | "Incomplete";
    StateNotExpected: "Tidak ada jadwal" | "Not expected";
    FileOnTime: "Tepat waktu" | "On time";
    FileReceived: "Diterima" | "Received";
    FileLate: "Terlambat" | "Late";
    FileMissing: "Belum diterima" | "Missing";
    FilePartMissing: "Bagian {parts} belum diterima" | "Part {parts} missing";
    FileNotDue: "Belum waktunya" | "Not due";
    FileNotExpected: "Tidak ada jadwal" | "Not expected";
    FileRefused: "Ditolak" | "Refused";
    FileHeld: "Ditahan" | "Held";
    MailQuarantined: "Email ditahan" | "Mail quarantined";
    MailFrom: "dari {sender}" | "from {sender}";
    FromMail: "Email dari {sender}, {sent}, Message-ID <{id}> ({verdict})" | "Mail from {sender}, {sent}, Message-ID <{id}> ({verdict})";
    MailboxUnproven: "Mailbox {name}: keaslian pengirim tidak diperiksa, sehingga siapa pun dapat mengirim berkas palsu lewat email. Minta tim IT mengaktifkan pemeriksaannya (authentication)." | "Mailbox {name}: nobody checks who sent its mails, so anyone can send a forged file by mail. Ask your IT team to turn the check on (authentication).";
    Source: "Asal" | "Source";
    NoFileExpected: "Tidak ada berkas yang dijadwalkan (libur)." | "No file expected (not a working day).";
    FileDueAt: "Paling lambat diterima {at}; pembaruan menyusul." | "Expected by {at}; an update follows.";
    FileOverdue: "Seharusnya sudah diterima {at}." | "Was due {at}.";
    // Findings about a whole side of a date
    OurBooks: "pembukuan kita" | "the ledger";
    TheirFile: "berkas mitra" | "the partner's file";
    DateNotJudged: "Tanggal belum dinilai" | "Date not judged";
    FindingEmpty: "{side} tidak berisi transaksi untuk tanggal ini, padahal {other} berisi {count} transaksi sukses." | "{side} has nothing for this date, and {other} has {count} successful payments.";
    FindingEndsEarly: "{side} tidak berisi apa pun setelah pukul {time}, padahal {other} masih berisi {count} transaksi sesudahnya." | "{side} has nothing after {time}, and {other} has {count} payments after it.";
    FindingPartial: "{side} tidak memuat {count} dari {of} transaksi yang ada di {other}." | "{side} lacks {count} of {of} payments that {other} has.";
    FindingGap: "{side} kosong antara pukul {from} dan {to}, padahal {other} berisi {count} transaksi pada jam itu." | "{side} has nothing between {from} and {to}, and {other} has {count} payments there.";
    FindingStatus: "{side} tidak berisi satu pun transaksi berstatus {status}, padahal seharusnya ada sekitar {count}." | "{side} has no payment of status {status}, where about {count} are to be expected.";
    FindingDoubled: "{count} dari {of} referensi muncul dua kali atau lebih di {side}, dengan isi yang sama persis." | "{count} of {of} references stand twice or more in {side}, equal in everything.";
    FindingBehind: "Salinan pembukuan yang dibaca baru lengkap sampai {until}; untuk tanggal ini harus lengkap sampai {needed}." | "The standby of the ledger has what was written until {until}; this date needs all until {needed}.";
    FindingStopped: "Salinan pembukuan yang dibaca berhenti diperbarui; untuk tanggal ini harus lengkap sampai {needed}." | "The standby of the ledger has stopped applying what it receives; this date needs all until {needed}.";
    FindingTooMany: "{count} referensi dari {of} transaksi tidak cocok: {settlement} hanya di berkas mitra, {ledger} hanya di pembukuan kita, {both} di kedua sisi tetapi berbeda. Sebanyak itu biasanya bersebab satu, bukan selisih satu per satu. Contoh: {samples}." | "{count} references of {of} payments do not match: {settlement} stand in the file alone, {ledger} in the ledger alone, {both} on both sides and differ. So many have one cause, as a rule, and are no breaks one by one. For instance: {samples}.";
    SampleOfMany: "{key} (berkas {settlement}, pembukuan {ledger})" | "{key} (file {settlement}, ledger {ledger})";
    SampleNone: "tidak ada" | "none";
    DoLookAtSamples: "Bandingkan contoh itu di kedua sisi untuk {channel} {date}: biasanya bentuk referensi, satuan nominal, atau periode pembukuannya berubah." | "Compare these on both sides of {channel} {date}: how references are written, the unit of the amounts or the period of the ledger has changed, as a rule.";
    FindingHundredfold: "Nominal {count} dari {of} transaksi berbeda tepat 100 kali lipat; yang lebih besar ada di {larger}." | "The amounts of {count} of {of} payments differ by the factor 100; those of {larger} are the greater ones.";
    FindingHoursAfter: "Jam di {side} lebih lambat {hours} jam daripada di {other} pada {count} dari {of} transaksi." | "The stamps of {side} are {hours} hours after those of {other} in {count} of {of} payments.";
    FindingHoursBefore: "Jam di {side} lebih awal {hours} jam daripada di {other} pada {count} dari {of} transaksi." | "The stamps of {side} are {hours} hours before those of {other} in {count} of {of} payments.";
    FindingFeeBasis: "Nominal {count} dari {of} transaksi berbeda sebesar biayanya: yang sudah termasuk biaya adalah {larger}." | "The amounts of {count} of {of} payments differ by their fee: those of {larger} include it.";
    FindingNoFee: "Biaya di {side} nol pada {count} dari {of} transaksi, padahal {other} mencatat biaya." | "The fee in {side} is zero in {count} of {of} payments, and {other} has one.";
    FindingKeys: "Hampir tidak ada referensi ({part}) yang sama di kedua sisi, dari {count} transaksi: {how}." | "Hardly any reference ({part}) of {count} payments stands on both sides: {how}.";
    FindingHeld: "Satu berkas lain untuk tanggal ini masih ditahan: {file} (berkas {id}); belum diketahui apakah barisnya ikut dihitung." | "Another file of this date is held: {file} (file {id}); whether its rows count is not known yet.";
    DoDecideHeld: "Tim IT atau keuangan memutuskan: rekon files accept {id} --as addition --reason \"…\" kalau keduanya dihitung, --as replacement kalau berkas ini menggantikan, atau rekon files withdraw {id} --reason \"…\" kalau salah kirim." | "Decide: rekon files accept {id} --as addition --reason \"…\" where both count, --as replacement where it takes the other's place, or rekon files withdraw {id} --reason \"…\" where it is wrong.";
    KeysZeros: "nol di depan hilang di satu sisi" | "one side lost the zeros at the front";
    KeysPrefix: "di {side} diawali “{text}”" | "those of {side} begin with “{text}”";
    KeysSuffix: "di {side} diakhiri “{text}”" | "those of {side} end with “{text}”";
    KeysCase: "huruf besar dan kecilnya berbeda" | "they differ in upper and lower case";
    KeysSeparators: "tanda hubung atau spasinya berbeda" | "they differ in hyphens or blanks";
    KeysNothing: "tidak satu pun referensi berkas ada di pembukuan kita, pada tanggal mana pun" | "no reference of the file stands in the ledger, on any date";
    FindingAccepted: "{channel} {date}: {finding} Dinyatakan benar oleh {by} ({at}): {reason}" | "{channel} {date}: {finding} Accepted as true by {by} ({at}): {reason}";
    DoCheckLedger: "Tanggal ini belum dinilai dan tidak ada selisih yang disimpulkan. Tim IT perlu memeriksa kelengkapan data pembukuan (proses pengisiannya, ledger_query, [ledger] url); proses berikutnya menilai tanggal ini." | "The date is not judged, and no break is concluded. Check that the ledger is complete (what fills it, ledger_query, [ledger] url); the next run judges the date.";
    DoAskWholeFile: "Tanggal ini belum dinilai dan tidak ada selisih yang disimpulkan. Minta berkas lengkap ke mitra; kalau berkasnya sudah lengkap, tim IT perlu memeriksa apakah ledger_query hanya mengambil kanal ini." | "The date is not judged, and no break is concluded. Ask the partner for the whole file; if it is whole, check that ledger_query selects this channel alone.";
    DoCheckJoin: "Tim IT perlu memeriksa JOIN pada ledger_query: satu transaksi harus menjadi satu baris." | "A join? Check ledger_query: one payment has to be one row.";
    DoWaitForLedger: "Proses berikutnya menilai tanggal ini setelah salinannya lengkap. Tim IT dapat memeriksa replikasinya atau mengarahkan [ledger] url ke server utama." | "The next run judges the date once the standby has caught up. Check its replication, or point [ledger] url to the primary.";
    DoCheckAmounts: "Tim IT perlu memeriksa ledger_amounts kanal ini (\"rupiah\" atau \"minor\") dan satuan nominal pada profilnya." | "Check ledger_amounts of the channel (\"rupiah\" or \"minor\"), and the unit of amounts in its profile.";
    DoCheckZone: "Tim IT perlu memeriksa ledger_zone kanal ini dan zona waktu pada profilnya." | "Check ledger_zone of the channel, and the zone of stamps in its profile.";
    DoCheckBasis: "Tim IT perlu memeriksa amount_basis kanal ini (\"gross\" atau \"net-of-admin-fee\") dan kolom amount pada ledger_query." | "Check amount_basis of the channel (\"gross\" or \"net-of-admin-fee\"), and the amount that ledger_query selects.";
    DoCheckFee: "Tim IT perlu memeriksa kolom fee pada ledger_query dan pada profilnya." | "Check the fee column of ledger_query, and that of the profile.";
    DoCheckKeys: "Tim IT perlu menyamakan penulisan referensi di ledger_query, atau key = \"numeric\" pada profil kalau nol di depan tidak berarti." | "Write the reference alike in ledger_query, or set key = \"numeric\" in the profile where zeros at the front mean nothing.";
    DoAcceptDate: "Kalau memang benar demikian: rekon accept --channel {channel} --date {date} --reason \"…\"" | "If it is true all the same: rekon accept --channel {channel} --date {date} --reason \"…\"";
    LedgerDoubted: "Tidak dapat dinilai" | "Not believed";
    FirstRevision: "hasil pertama" | "first result";
    Unchanged: "tidak berubah sejak revisi {revision}" | "no change since revision {revision}";
    Supersedes: "revisi {revision}, menggantikan revisi {old}" | "revision {revision}, supersedes revision {old}";

    // What changed between two revisions, and why
    WhatChanged: "Yang berubah" | "What changed";
    Before: "Sebelum" | "Before";
    After: "Sesudah" | "After";
    Because: "Penyebab: {causes}." | "Cause: {causes}.";
    BecauseFileAdded: "berkas diterima" | "the file came";
    BecauseFileCorrected: "berkas dikoreksi" | "the file was corrected";
    BecauseFileWithdrawn: "berkas ditarik" | "the file was withdrawn";
    BecauseFileGone: "ada berkas yang tidak dihitung lagi" | "a file no longer counts";
    BecauseProfile: "profil berubah" | "the profile changed";
    BecauseSettings: "pengaturan kanal berubah" | "the channel's settings changed";
    BecauseLedger: "pembukuan kita berubah" | "the ledger changed";
    BecauseTime: "batas terima atau SLA sudah lewat" | "a due time or an SLA passed";
    BecauseDecided: "selisih diselesaikan, dihapusbukukan, atau dibuka lagi oleh tim" | "people resolved, wrote off or reopened breaks";
    BecauseTheseDates: "tanggal lain berubah ({dates}); data tanggal ini sendiri tetap" | "other dates changed ({dates}), nothing of this date's own";
    BecauseOtherDates: "tanggal lain berubah; data tanggal ini sendiri tetap" | "other dates changed, nothing of this date's own";
    BecauseAccepted: "data tanggal ini dinyatakan benar" | "somebody accepted the date as true";
    BecauseNeverRun: "belum pernah diproses" | "never run";
    BecauseNotComplete: "belum lengkap" | "was not complete";
    FreshBreaks: "{count} baru {amount}" | "{count} new {amount}";
    KnownBreaks: "{count} masih terbuka {amount}" | "{count} still open {amount}";
    NewBreaks: "Selisih baru" | "New breaks";
    OpenFromBefore: "Masih terbuka dari laporan sebelumnya" | "Still open from earlier reports";
    ClosedByPeople: "Ditutup oleh tim" | "Closed by people";
    ClearedBreaks: "Selesai dengan sendirinya" | "Cleared by themselves";
    OnOtherDates: "Selisih baru pada tanggal lain" | "New breaks on other dates";
    NewsOpened: "baru" | "new";
    NewsReopened: "dibuka kembali" | "open again";
    NewsChanged: "berubah" | "changed";
    NewsStillOpen: "masih terbuka" | "still open";
    NewsClosed: "ditutup" | "closed";
    BecauseAwaitedIsHere: "transaksi yang menunggu kini dapat dinilai" | "an awaiting payment can be judged now";
    BecauseSlaPassed: "transaksi pending kini melewati SLA" | "a pending payment is past its SLA now";
    BecauseYesterday: "tanggal kemarin, selalu diperiksa ulang" | "yesterday, which every run looks at";
    BreaksMoved: "Selisih: {opened} baru, {cleared} selesai, {changed} berubah." | "Breaks: {opened} opened, {cleared} cleared, {changed} changed.";
    NowIn: "sekarang: {bucket}" | "now: {bucket}";
    FileReplaces: "{new} (revisi {revision}) menggantikan {old} (revisi {earlier})" | "{new} (revision {revision}) replaces {old} (revision {earlier})";
    FileRestored: "{new} dihitung lagi menggantikan {old}" | "{new} counts again in place of {old}";
    FileCame: "{file} diterima, {rows} baris" | "{file} came with {rows} rows";
    FileTakenBack: "{file} ditarik: {reason}" | "{file} was withdrawn: {reason}";
    FileRefusedSince: "{file} kemudian ditolak: {reason}" | "{file} was refused since: {reason}";
    FileCountsElsewhere: "{file} tidak lagi dihitung untuk tanggal ini" | "{file} no longer counts for this date";
    FileReadOtherwise: "{file} sekarang terbaca {rows} baris dan {rejected} ditolak; sebelumnya {rows_before} dan {rejected_before}" | "{file} now reads as {rows} rows and {rejected} rejected, before as {rows_before} and {rejected_before}";
    RowsMoved: "baris: {added} ditambah, {removed} dihapus, {changed} berubah" | "rows: {added} added, {removed} removed, {changed} changed";
    RowsSame: "isi barisnya tetap sama" | "its rows say the same";
    RowsNotCompared: "barisnya tidak dapat dibandingkan: {reason}" | "the rows cannot be compared: {reason}";
    Operation: "Operasi" | "Operation";
    FieldChanged: "{field} berubah" | "{field} changed";
    ReasonChanged: "penyebabnya berbeda" | "for another reason";
    MoreHere: "dan {count} lagi" | "and {count} more";
    ManySupersede: "{count} hasil menggantikan revisi sebelumnya; rinciannya di bawah." | "{count} results supersede earlier ones; see below what changed.";
    MoreChanges: "{count} hasil lain juga berubah; rinciannya ada di lampiran Excel." | "{count} more results changed too; the workbook has them.";

    // Buckets
    BucketMatched: "Cocok" | "Matched";
    BucketTolerance: "Cocok dalam toleransi" | "Matched within tolerance";
    BucketTiming: "Beda tanggal" | "Timing differences";
    BucketNetted: "Saling meniadakan (di-net)" | "Netted";
    BucketSplit: "Dipecah beberapa baris" | "Split";
    BucketPending: "Pending dalam SLA" | "Pending within SLA";
    BucketAwaiting: "Menunggu berkas H±1" | "Awaiting";
    BucketNothing: "Tidak perlu settlement" | "Nothing to settle";

    // Break kinds
    KindMissingInLedger: "Tidak ada di pembukuan kita" | "Missing in ledger";
    KindMissingAtPartner: "Tidak ada di berkas mitra" | "Missing at partner";
    KindAmount: "Selisih nominal" | "Amount break";
    KindFee: "Selisih biaya" | "Fee break";
    KindStatus: "Status berbeda" | "Status break";
    KindSettledPending: "Sudah settlement, kita masih pending" | "Settled while pending";
    KindStuck: "Transaksi menggantung" | "Stuck pending";
    KindReversal: "Pembatalan belum dijalankan mitra" | "Reversal not honoured";
    KindRefund: "Dana dikembalikan setelah terkirim" | "Refund after delivery";
    KindDuplicate: "Transaksi ganda" | "Duplicate";
    KindAmbiguous: "Referensi meragukan" | "Ambiguous key";
    KindDamaged: "Referensi rusak" | "Damaged key";

    // What the gravest findings mean, where the kind's name does not say it
    TitleCharged: "Pelanggan terdebit, barang belum dikirim" | "Charged without delivery";
    TitleUnpaid: "Terkirim, belum dibayar" | "Delivered without payment";
    TitleSafeToFail: "Aman ditandai gagal" | "Safe to fail";
    TitleLookAlike: "Referensi hanya beda penulisan" | "Reference written otherwise";
    TitleNotRefunded: "Refund hanya di mitra" | "Taken back by the partner alone";
    TitleRefundRemains: "Sisa refund di mitra" | "Refund that remains with the partner";

    // Severity, actors
    Critical: "Kritis" | "Critical";
    High: "Tinggi" | "High";
    Medium: "Sedang" | "Medium";
    Low: "Rendah" | "Low";
    ActorFinance: "Keuangan" | "Finance";
    ActorOps: "Operasional" | "Ops";
    ActorPartner: "Operasional, dengan mitra" | "Ops, with the partner";

    // Statuses
    StatusSuccess: "sukses" | "success";
    StatusPending: "pending" | "pending";
    StatusUnknown: "belum jelas" | "unknown";
    StatusFailed: "gagal" | "failed";
    StatusRefunded: "gagal dan dikembalikan" | "failed and refunded";
    StatusReversed: "dibatalkan" | "reversed";

    // Reasons, one per finding
    WhyNotInLedger: "Settlement mitra tercatat {theirs}; transaksi dengan referensi ini tidak ada di pembukuan kita." | "The partner settled {theirs}; our ledger has no entry with this reference.";
    WhyNotSettled: "Di pembukuan kita sukses {ours}; di berkas mitra tidak ada." | "Our ledger says success for {ours}; the partner's file does not have it.";
    WhySettledMore: "Settlement mitra tercatat {theirs}, pembukuan kita {ours}: lebih {difference}." | "The partner settled {theirs}, our ledger has {ours}: {difference} more.";
    WhySettledLess: "Settlement mitra tercatat {theirs}, pembukuan kita {ours}: kurang {difference}." | "The partner settled {theirs}, our ledger has {ours}: {difference} less.";
    WhyFeeBasis: "Mitra {theirs}, pembukuan kita {ours}: selisih {difference} sama dengan biaya admin, yang hanya dihitung di satu pihak." | "Partner {theirs}, ledger {ours}: the difference of {difference} is the admin fee, which only one side includes.";
    WhyFeeDiffers: "Nominal sama, biaya berbeda: mitra {their_fee}, pembukuan kita {our_fee}." | "Equal amounts, different fees: partner {their_fee}, ledger {our_fee}.";
    WhyFailedHere: "Di sistem kita gagal, di mitra sukses {theirs}." | "We say failed, the partner says success for {theirs}.";
    WhySuccessHereFailed: "Di sistem kita sukses {ours}, di mitra gagal." | "We say success for {ours}, the partner says failed.";
    WhySuccessHereReversed: "Di sistem kita sukses {ours}, di mitra dibatalkan." | "We say success for {ours}, the partner reversed it.";
    WhyOpenHereFailed: "Status di sistem kita {our_status}, mitra memastikan gagal: {ours} aman ditandai gagal." | "Ours is {our_status}, the partner confirms failed: {ours} is safe to fail.";
    WhyOpenHereReversed: "Status di sistem kita {our_status}, mitra sudah membatalkan {theirs}." | "Ours is {our_status}, the partner reversed {theirs}.";
    WhyUndoesNothing: "Ada pembatalan atau refund {either} tanpa transaksi asalnya." | "A void, reversal or refund of {either} has no payment that it undoes.";
    WhyRefundedMore: "Pembatalan atau refund di berkas mitra {theirs}, di pembukuan kita {ours}; transaksinya sendiri ada di kedua pihak." | "The partner took back {theirs}, our ledger {ours}; the payment itself stands on both sides.";
    WhyRefundedLess: "Pembatalan atau refund di pembukuan kita {ours}, di berkas mitra baru {theirs}: sisa {difference}." | "Our ledger took back {ours}, the partner's file {theirs}: {difference} remain.";
    WhyLookAlike: "Referensi di berkas mitra dan di pembukuan kita ({our_key}) hanya berbeda penulisannya ({how}): mitra {theirs}, kita {ours}." | "The reference in the file and the one in our ledger ({our_key}) differ only in {how}: partner {theirs}, ours {ours}.";
    LookAlikeCase: "huruf besar-kecil" | "letter case";
    LookAlikeHidden: "karakter tak terlihat" | "characters that nobody sees";
    LookAlikeHyphen: "jenis tanda hubung atau spasi" | "the kind of hyphen or blank";
    LookAlikeLetter: "huruf yang mirip (O dan 0)" | "letters that look alike (O and 0)";
    WhyStatusDiffers: "Status di sistem kita {our_status}, di mitra {their_status}: {either}." | "Ours is {our_status}, theirs is {their_status}: {either}.";
    WhySettledPending: "Status di sistem kita {our_status}, mitra sudah settlement {theirs}." | "Ours is {our_status}, the partner has settled {theirs}.";
    WhyStuckHere: "{ours} masih {our_status} dan sudah melewati SLA; mitra belum memberi status akhir." | "{ours} is still {our_status} past the SLA; the partner has nothing final.";
    WhyStuckThere: "{theirs} masih {their_status} di mitra dan sudah melewati SLA." | "{theirs} is still {their_status} at the partner past the SLA.";
    WhyReversal: "Sudah kita batalkan, tetapi berkas mitra masih mencatat {theirs} tanpa pembatalan." | "We reversed it, yet the partner's file still shows {theirs} and no reversal.";
    WhyRefund: "Di sistem kita sukses {ours}, tetapi mitra mengembalikan dananya ke pelanggan." | "We say success for {ours}, the partner failed it and gave the money back.";
    WhySettledTwice: "Referensi yang sama muncul lagi di berkas mitra: {theirs}." | "The same reference stands again in the partner's file: {theirs}.";
    WhyBookedTwice: "Referensi yang sama tercatat lagi di pembukuan kita: {ours}." | "The same reference is booked again in our ledger: {ours}.";
    WhyAmbiguous: "Beberapa transaksi memakai referensi ini dan tidak dapat dipasangkan dengan pasti: mitra {theirs}, kita {ours}." | "Several entries share this reference and cannot be paired with certainty: partner {theirs}, ours {ours}.";
    WhyDamaged: "Referensi dibulatkan oleh Excel sehingga digit akhirnya hilang: {theirs}." | "A spreadsheet rounded this reference, its last digits are gone: {theirs}.";
    CauseEquivalent: "Semua kolomnya sama." | "All fields are equal.";
    CauseConflicting: "Isi kedua transaksi berbeda." | "The entries say different things.";
    CauseOtherDate: "Referensi ini sudah cocok pada tanggal lain." | "The reference was already matched on another business date.";
    CauseTooMany: "Referensi ini dipakai {count} kali." | "The reference is used {count} times.";
    CauseCandidate: "Ada satu transaksi kita yang mungkin pasangannya; tidak dicocokkan otomatis." | "One ledger entry could be its pair; it was not matched automatically.";
    CauseCandidateKey: "Ada satu transaksi kita ({our_key}) yang mungkin pasangannya; tidak dicocokkan otomatis." | "One ledger entry ({our_key}) could be its pair; it was not matched automatically.";
    CauseRejectedRow: "Di berkas mitra, referensi ini ada pada baris yang tidak terbaca." | "The file has this reference in a row that could not be read.";
    CauseRejectedLedgerRow: "Pembukuan kita memuat referensi ini pada baris yang tidak dapat dinilai." | "Our ledger has this key in a row that cannot be judged.";

    // Next steps
    DoDeliverOrRefund: "Pelanggan sudah membayar tetapi belum menerima barang: kirim sekarang atau kembalikan dananya." | "The customer paid and received nothing: deliver now or refund.";
    DoFindOrder: "Cari pesanannya, catat di pembukuan, lalu kirim barangnya atau kembalikan dananya." | "Find the order, book it, then deliver or refund.";
    DoDisputeBill: "Ditagih tanpa pesanan: minta bukti ke mitra atau ajukan keberatan." | "Billed without an order: ask the partner for proof or dispute it.";
    DoClaimSettlement: "Klaim settlement ke mitra dengan referensi ini." | "Claim the settlement from the partner with this reference.";
    DoExpectBill: "Sudah diterima tetapi belum ditagih: catat akrual dan konfirmasi ke mitra." | "Received but not billed yet: accrue it and ask the partner.";
    DoClaimDifference: "Klaim kekurangannya ke mitra." | "Claim the shortfall from the partner.";
    DoAgreeSurplus: "Konfirmasi koreksi kelebihan dengan mitra." | "Agree the correction of the surplus with the partner.";
    DoCheckAmountBasis: "Pastikan apakah nominal di berkas mitra sudah termasuk biaya admin; bila perlu minta tim IT menyesuaikan amount_basis." | "Check whether the file's amount includes the admin fee; if so ask your IT team to set amount_basis.";
    DoCheckFeeRates: "Cocokkan tarif MDR dan PPN dengan kontrak." | "Compare the MDR and PPN rates with the contract.";
    DoClaimOrCollect: "Klaim pembayarannya ke mitra, atau tagih ke pelanggan." | "Claim the payment from the partner, or collect it from the customer.";
    DoRedeliverOrRefund: "Pelanggan sudah membayar tetapi mitra tidak mengirim: kirim ulang atau kembalikan dananya." | "The customer paid and the partner did not deliver: deliver again or refund.";
    DoRecoverOrAccept: "Barang terkirim dan ditagih, padahal di sistem kita gagal: tagih pelanggan atau minta mitra membatalkan." | "Delivered and billed although we say failed: collect from the customer or ask the partner to cancel.";
    DoMarkFailed: "Tandai gagal; mitra sudah memastikan." | "Mark it failed; the partner confirmed it.";
    DoMarkReversed: "Tandai dibatalkan; mitra sudah membatalkan." | "Mark it reversed; the partner did so.";
    DoFindUndone: "Cari transaksi asal dari pembatalan ini." | "Find the payment that this undoes.";
    DoCompareStatus: "Konfirmasi status akhir ke mitra, lalu samakan." | "Ask the partner for the final status and align ours.";
    DoMarkSuccess: "Tandai sukses, dan kirim barangnya bila belum." | "Mark it success, and deliver if not yet done.";
    DoEscalate: "Cek status, lalu eskalasi ke operasional mitra. Jangan ditandai gagal." | "Check its status, then escalate to the partner's ops. Never mark it failed.";
    DoDemandReversal: "Minta mitra mengembalikan dana pelanggan; lampirkan bukti pembatalan." | "Have the partner return the customer's money; send the proof of reversal.";
    DoClaimReversal: "Klaim kembali ke mitra; lampirkan bukti pembatalan." | "Claim it back from the partner; send the proof of reversal.";
    DoReturnDuplicate: "Pastikan pelanggan tidak terdebit dua kali, lalu kembalikan kelebihannya." | "Check that the customer was not charged twice, then return the surplus.";
    DoClaimDuplicate: "Klaim kembali tagihan ganda ke mitra." | "Claim the double billing back from the partner.";
    DoCheckDoubleDelivery: "Pastikan apakah barang terkirim dua kali, lalu koreksi pembukuan." | "Check whether it was delivered twice, then correct the books.";
    DoCompareConflict: "Cocokkan kedua transaksi dengan bukti transaksi dan tentukan yang benar." | "Compare both entries with the receipts and decide which is right.";
    DoTellApart: "Lengkapi pembedanya (no. invoice, terminal), lalu minta tim IT memproses ulang tanggal ini." | "Supply what tells them apart (invoice, terminal), then have the date run again.";
    DoJoinSpellings: "Pastikan keduanya transaksi yang sama, lalu minta tim IT menyamakan penulisan referensi (key = \"text-folded\" pada profil)." | "Make sure that both are one payment, then have your IT team make the spellings one (key = \"text-folded\" in the profile).";
    DoBookRefund: "Catat pembatalan atau refund ini bila memang benar; bila tidak, ajukan keberatan ke mitra." | "Book what was taken back if it is right; if not, object to it.";
    DoDemandRefund: "Minta mitra memproses sisa refund; lampirkan bukti refund kita." | "Have the partner refund what remains; send the proof of our refund.";
    DoAskForText: "Minta mitra mengirim ulang berkas dengan referensi berformat teks." | "Ask the partner for the file again with references as text.";
    DoAskForFile: "Minta berkas {channel} tanggal {date} ke mitra; hasilnya menyusul begitu berkas diterima." | "Ask the partner for the {channel} file of {date}; it is reconciled once it arrives.";
    DoSeeFileFirst: "Berkas {channel} tanggal {date} mungkin sudah diterima, tetapi ditahan atau ditolak: selesaikan berkas itu dahulu (lihat di bawah) sebelum meminta berkas lain ke mitra." | "The {channel} file of {date} may be here and held or refused: see to that file first (below), before asking the partner for another.";
    DoAskForPart: "Minta bagian {parts} dari berkas {channel} tanggal {date} ke mitra." | "Ask the partner for part {parts} of the {channel} file of {date}.";
    DoFixRows: "Baris ini belum dihitung: lihat penyebabnya di bawah, lalu minta mitra mengirim berkas yang benar." | "These rows do not count: see why below, then ask for a corrected file.";
    DoJudgeMail: "Email “{subject}” dari {sender} tidak dihitung: {reason}. Konfirmasi ke pengirim yang sebenarnya lewat jalur lain; bila asli, minta tim IT melepasnya (rekon quarantine release {id} --reason …)." | "“{subject}” from {sender} does not count: {reason}. Ask the real sender by another way; if it is genuine, have your IT team release it (rekon quarantine release {id} --reason …).";
    DoJudgeMails: "{count} email tidak dihitung, di antaranya “{subject}” dari {sender}: {reason}. Konfirmasi ke pengirim yang sebenarnya lewat jalur lain; yang asli dilepas oleh tim IT (rekon quarantine list; rekon quarantine release NOMOR --reason …)." | "{count} mails do not count, among them “{subject}” from {sender}: {reason}. Ask the real senders by another way; your IT team releases the genuine ones (rekon quarantine list; rekon quarantine release ID --reason …).";
    DoFixLedgerRows: "Baris pembukuan kita ini belum dihitung: lihat penyebabnya di bawah, lalu minta tim IT memperbaiki datanya atau memetakan statusnya." | "These rows of our ledger do not count: see why below, then have your IT team correct the data or map the status.";
    ChannelFailed: "Kanal belum direkonsiliasi" | "Channel not reconciled";
    DoRepairChannel: "{reason}. Proses berikutnya mencoba lagi dan laporannya menyusul." | "{reason}. The next run tries again, and its report follows.";
    DoDecideFile: "{file}: {reason}" | "{file}: {reason}";
    DoReplaceFile: "Berkas {file} ditolak: {reason}" | "File {file} was refused: {reason}";
    VoidClosed: "Batas void sudah lewat." | "The void window is closed.";
    ActionLine: "{count} × {kind} ({channel})" | "{count} × {kind}, {channel}";

    SplitAcrossDates: "Satu transaksi yang dipecah: settlement {theirs}, pembukuan kita {ours}." | "One payment in parts: settled as {theirs}, booked as {ours}.";
    SplitNote: "{channel} {date}: {parts}" | "{channel} {date}: {parts}";
    SplitNotes: "{channel} {date}: {parts} Begitu juga {count} transaksi lain." | "{channel} {date}: {parts} So do {count} more.";
    SplitPart: "{amount} ({date})" | "{amount} ({date})";

    // Patterns
    PatternDifference: "{channel} {date}: {count} dari {of} {kind} berbeda tepat {amount}." | "{channel} {date}: {count} of {of} ({kind}) differ by exactly {amount}.";
    PatternFee: "Apakah settlement tidak memasukkan biaya admin?" | "Does the settlement exclude the admin fee?";
    PatternValue: "{channel} {date}: {count} dari {of} {kind} semuanya {field} {value}." | "{channel} {date}: {count} of {of} ({kind}) have {field} {value}.";
    PatternStatus: "{channel} {date}: {count} dari {of} {kind}: status kita {ours}, status mitra {theirs}." | "{channel} {date}: {count} of {of} ({kind}): {ours} with us, {theirs} at the partner.";
    PatternFeeIncluded: "Apakah settlement memasukkan biaya admin?" | "Does the settlement include the admin fee?";
    PatternSet: "Bila benar, minta tim IT mengatur `{key}` untuk kanal ini." | "If so, set `{key}` of this channel.";
    PatternMissingBefore: "{channel} {date}: {count} dari {of} yang tidak ada di berkas mitra tercatat pukul {from}–{to}: cut-off mitra tampaknya sebelum {from}." | "{channel} {date}: {count} of {of} missing at the partner were booked {from}–{to}: their cut-off seems to be before {from}.";
    PatternMissingAfter: "{channel} {date}: {count} dari {of} yang tidak ada di berkas mitra tercatat pukul {from}–{to}: cut-off mitra tampaknya sesudah {to}." | "{channel} {date}: {count} of {of} missing at the partner were booked {from}–{to}: their cut-off seems to be after {to}.";
    PatternSettledBefore: "{channel} {date}: {count} dari {of} yang tidak ada di pembukuan kita bertanggal H-1 pukul {from}–{to} di berkas ini: cut-off mitra tampaknya sebelum {from}." | "{channel} {date}: {count} of {of} missing in our ledger are rows of the day before, {from}–{to}: their cut-off seems to be before {from}.";
    PatternSettledAfter: "{channel} {date}: {count} dari {of} yang tidak ada di pembukuan kita bertanggal H+1 pukul {from}–{to} di berkas ini: cut-off mitra tampaknya sesudah {to}." | "{channel} {date}: {count} of {of} missing in our ledger are rows of the day after, {from}–{to}: their cut-off seems to be after {to}.";
    PatternNear: "{channel} {date}: {count} dari {of} {kind} bertanda waktu pukul {from}–{to}, dekat cut-off." | "{channel} {date}: {count} of {of} ({kind}) are stamped {from}–{to}, near the cut-off.";
    PatternLookAlike: "{channel} {date}: {count} referensi di berkas mitra hanya berbeda penulisannya dari pembukuan kita." | "{channel} {date}: {count} references of the file differ from our ledger's only in how they are written.";
    PatternDayFees: "{channel} {date}: {count} baris biaya ({amount}) tidak terkait transaksi mana pun di berkas, dicatat sebagai biaya hari itu." | "{channel} {date}: {count} fee rows ({amount}) belong to no payment of the file; they are the day's fee.";
    PatternCurrency: "{channel} {date}: {count} baris dalam {currency} (total {currency} {amount}) tidak dihitung sebagai rupiah." | "{channel} {date}: {count} rows are in {currency} ({currency} {amount} in total) and are not counted as rupiah.";
    PatternMapped: "Apakah status di pembukuan kita salah diartikan?" | "Is a status of our ledger mapped to the wrong meaning?";
    ChartRisk: "Nilai berisiko menurut jenis selisih (rupiah)" | "Rupiah at risk by kind of break";
    ChartVolume: "Settlement mitra dan pembukuan kita per kanal (rupiah)" | "Settlement and ledger by channel (rupiah)";

    // Short mails, threads, attachments and claims
    NotReconciled: "Belum direkonsiliasi, {channels}" | "Not reconciled, {channels}";
    NotReconciledWhy: "{channel}: {reason}" | "{channel}: {reason}";
    NotReconciledNothing: "Belum ada angka untuk {period}: nilainya belum diketahui, bukan nol. Belum ada yang disimpulkan dan tidak ada data yang hilang." | "There are no figures for {period}: the amounts are not known, not zero. Nothing was concluded and nothing is lost.";
    NotReconciledNext: "Proses berikutnya mencoba lagi; laporannya menyusul lewat email. Sementara itu tim IT perlu memeriksa penyebab di atas." | "The next run tries again, and its report follows by mail. Until then your IT team should look into the cause above.";
    AllQuiet: "Semua beres: {count} {dates} cocok tanpa selisih" | "All quiet, {count} {dates} reconciled clean";
    NothingNew: "Tidak ada yang baru: {count} {dates} cocok tanpa selisih" | "Nothing new, {count} {dates} reconciled clean";
    DateWord: "tanggal" | "date";
    DatesWord: "tanggal" | "dates";
    QuietScope: "Tidak ada laporan lain yang dikirim kepada Anda sejak {since}." | "No other report was sent to you since {since}.";
    QuietOpen: "Masih terbuka dari sebelumnya: {count} selisih senilai {amount}." | "Still open from before: {count}, worth {amount}.";
    QuietNotClean: "Tidak termasuk: {list}." | "Not among them: {list}.";
    QuietLastFile: "Berkas terakhir: {file}, diterima {at}." | "Last file: {file}, received {at}.";
    QuietNoFile: "Belum ada berkas yang diterima." | "No file has been received yet.";
    QuietNext: "Berkas berikutnya: {channel} tanggal {date}, paling lambat {at}." | "Next expected: {channel} for {date}, by {at}.";
    AttachmentsZipped: "Ukuran lampiran {size}, batasnya {limit}: dikemas dalam {file}." | "The attachments are {size}, the limit is {limit}: packed into {file}.";
    AttachmentsLeft: "Ukuran lampiran {size}, melebihi batas {limit} meskipun sudah dikemas. Yang tidak terlampir tersimpan di server rekon: {files}." | "The attachments are {size}, the limit is {limit}, also when packed: what does not fit is not attached. These files are on the host that runs rekon: {files}.";
    ClaimsSend: "Klaim {channel}: kirim {file} ({count}, {amount} berisiko) kepada {contact}." | "Claims on {channel}: send {file} ({count}, {amount} at risk) to {contact}.";
    ClaimsNoContact: "kontak mitra (belum diatur: partner_contact)" | "the partner's contact (not configured: partner_contact)";
    ClaimOne: "{count} baris" | "{count} line";
    ClaimMany: "{count} baris" | "{count} lines";
    Claim: "Klaim" | "Claim";
    ClaimReference: "Referensi kami" | "Our reference";
    ClaimOurAmount: "Nominal kami" | "Our amount";
    ClaimYourAmount: "Nominal Anda" | "Your amount";
    ClaimOurStatus: "Status kami" | "Our status";
    ClaimYourStatus: "Status Anda" | "Your status";
    ClaimYourFile: "Berkas Anda" | "Your file";
    ClaimSettle: "Sukses pada kami dan tidak ada di laporan Anda: mohon dilakukan settlement" | "Success with us and not in your report: please settle it";
    ClaimDifference: "Nominal berbeda: mohon kekurangannya dibayarkan" | "The amounts differ: please settle the difference";
    ClaimStatus: "Sukses pada kami, tidak sukses di laporan Anda: mohon diperiksa dan dibayarkan" | "Success with us, not in your report: please check and settle it";
    ClaimBill: "Ditagih dan tidak kami kenal: mohon buktinya atau hapus dari tagihan" | "Billed and not known to us: please prove it or take it off the bill";
    ClaimReversal: "Sudah kami batalkan dan masih ada di laporan Anda: mohon dikembalikan" | "Reversed by us and still in your report: please give it back";
    ClaimDuplicate: "Ditagih lebih dari sekali: mohon kelebihannya dikembalikan" | "Billed more than once: please give the surplus back";
    ClaimFinalStatus: "Belum ada status akhir: mohon status akhirnya" | "No final status yet: please tell its final status";
    AgeingSheet: "Umur" | "Ageing";
    PayoutsSheet: "Pencairan" | "Payouts";
    Batch: "No. batch" | "Batch";
    Covered: "Tanggal tercakup" | "Dates covered";
    Gross: "Bruto" | "Gross";
    NetOfFile: "Neto menurut berkas" | "Net as the file says";
    PayoutDifference: "Bruto − biaya − neto" | "Gross − fee − net";
    PayoutNotCompared: "Selisih tidak dihitung:" | "The difference is not told:";
    PayoutRejected: "ada baris yang ditolak" | "rows were rejected";
    PayoutFiltered: "ada baris bernilai uang yang tidak ikut dibaca" | "rows that hold money are filtered out";
    PayoutOpen: "ada baris yang masih pending atau belum jelas statusnya" | "rows are still pending or unknown";
    PayoutUnmoved: "ada neto pada baris yang gagal atau dibatalkan" | "failed or reversed rows hold a net";
    PayoutNoNet: "ada baris tanpa neto" | "rows lack a net";
    PayoutNoFee: "ada baris yang netonya berbeda dari nominal tanpa menyebut biaya" | "rows have a net that differs from the amount, and no fee";
    PayoutSign: "ada neto yang tandanya tidak cocok dengan nominal atau biayanya" | "rows have a net whose sign contradicts the amount or the fee";
    PayoutUndoneFee: "ada pengembalian atau pembatalan yang biayanya tidak kembali utuh" | "refunds or reversals do not bring their whole fee back";
    ReasonsSheet: "Alasan" | "Reasons";
    WriteOffReason: "hapus buku: {reason}" | "write-off: {reason}";
    ReasonHint: "Pilih alasan, atau tulis alasan lain yang terdaftar di [breaks] reasons." | "Choose a reason, or write another one that [breaks] reasons lists.";
    OtherProducts: "produk lain" | "other products";
    ProductsSheet: "Per produk" | "By product";
    MatchNumber: "No. pasangan" | "Match no.";
    MatchedMissing: "Transaksi yang cocok pada {list} tidak ada di lampiran, karena tanggal itu tidak diproses ulang: minta tim IT menjalankan rekon run --date." | "The matched entries of {list} are not attached, since those dates were not run again: have your IT team run rekon run --date.";
    Product: "Produk" | "Product";
    SheetGoesOn: "{sheet}: {count} baris, dilanjutkan di {sheets}." | "{sheet}: {count} rows, continued on {sheets}.";
    ClaimDamagedKey: "Referensi rusak di laporan Anda: mohon kirim ulang sebagai teks" | "The reference is damaged in your report: please send it again as text";
}

/// Puts figures into a label's text. A name that the text does not have is ignored, since the
/// two languages need not use the same ones.
pub fn fill(label: Label, language: Language, figures: &[(&str, &str)]) -> String {
    let figure = |name: &str| {
        let mut known = figures.iter();
        let figure = known.find(|(known, _)| *known == name);
        figure.map(|(_, figure)| Cow::Borrowed(*figure))
    };
    fill_with(label, language, figure)
}

/// The same with figures that are made when the sentence asks for them.
pub fn fill_with<'f>(
    label: Label,
    language: Language,
    figure: impl Fn(&str) -> Option<Cow<'f, str>>,
) -> String {
    let mut rest = label.text(language);
    let mut filled = String::with_capacity(rest.len() + 32);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if let Some(figure) = figure(name) {
            filled.push_str(&figure);
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_speaks_both_languages() {
        for label in Label::ALL {
            for language in [Language::Id, Language::En] {
                let text = label.text(language);
                assert!(!text.trim().is_empty(), "{} {language:?}", label.name());
                assert_eq!(
                    text.matches('{').count(),
                    text.matches('}').count(),
                    "{}",
                    label.name()
                );
            }
        }
    }

    #[test]
    fn figures_are_put_in_once_and_never_read_again() {
        let shown = fill(
            Label::DoReplaceFile,
            Language::En,
            &[("file", "{reason}"), ("reason", "empty")],
        );
        assert_eq!(shown, "File {reason} was refused: empty");
    }
}
