//! Every word of every report, once, in Indonesian and English. `{name}` marks a figure.

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
    VerdictNotDue: "Belum jatuh tempo" | "Not due yet";
    VerdictNotDueBreaks: "Sebagian belum jatuh tempo, {count} selisih" | "Partly not due yet, {count} {breaks}";
    VerdictNothing: "Tidak ada laporan yang diharapkan" | "No report expected";
    RowsRejected: "{count} baris ditolak" | "{count} rejected {rows}";
    FilesRefused: "{count} berkas ditolak" | "{count} refused {files}";
    MailsQuarantined: "{count} surel dikarantina" | "{count} quarantined {mails}";
    MailOne: "surel" | "mail";
    MailMany: "surel" | "mails";
    FilesLate: "{count} berkas datang lewat jatuh tempo." | "{count} files came after they were due.";
    FilesInOrder: "{count} berkas lain sudah diterima." | "{count} other files are in.";
    FilesInWorkbook: "Daftar lengkap ada di buku kerja." | "The workbook lists every file.";
    RowOne: "baris" | "row";
    RowMany: "baris" | "rows";
    FileOne: "berkas" | "file";
    FileMany: "berkas" | "files";
    SubjectRisk: "{amount} berisiko" | "{amount} at risk";
    ChannelsFailed: "belum direkonsiliasi: {channels}" | "not reconciled: {channels}";
    ScopeFailed: "Belum direkonsiliasi: {list}" | "Not reconciled: {list}";
    ScopeMissing: "Belum ada: {list}" | "Missing: {list}";
    ScopeNotDue: "Menunggu: {list}" | "Awaited: {list}";
    ScopeComplete: "Semua berkas sudah diterima: {results} hasil kanal dan tanggal." | "Every file is in: {results} channel and date results.";
    ScopeOne: "Berkas sudah diterima dan seluruhnya diperiksa." | "The file is in and checked in full.";
    UnknownDates: "Angka ini belum mencakup: {list}. Nilainya belum diketahui, bukan nol." | "The figures do not cover: {list}. Those amounts are not known, not zero.";
    NotKnown: "belum diketahui" | "not known";
    BreakOne: "selisih" | "break";
    BreakMany: "selisih" | "breaks";

    // Money at risk
    AtRisk: "Nilai berisiko" | "At risk";
    OwedToUs: "Hak kita" | "Owed to us";
    OwedByUs: "Kewajiban kita" | "Owed by us";
    Undecided: "Belum pasti" | "Undecided";
    NoExposure: "Tanpa risiko" | "No exposure";
    NeverNetted: "Ketiga angka tidak saling dikurangkan." | "The three figures are never netted.";

    // Sections
    FirstSteps: "Yang perlu dilakukan dahulu" | "What to do first";
    NothingToDo: "Tidak ada yang perlu ditindaklanjuti." | "Nothing needs action.";
    Breaks: "Selisih" | "Breaks";
    BreaksBySeverity: "Selisih menurut tingkat" | "Breaks by severity";
    Pendings: "Transaksi menggantung" | "Stuck pendings";
    Patterns: "Pola yang terlihat" | "Patterns";
    FilesTitle: "Berkas" | "Files";
    RollForward: "Mutasi selisih terbuka" | "Roll-forward of open items";
    Ageing: "Umur selisih terbuka" | "Ageing of open items";
    NoOpenItems: "Tidak ada selisih terbuka." | "No open items.";
    OldestOpen: "Terlama terbuka" | "Oldest open";
    Totals: "Rincian per kanal dan tanggal" | "Totals by channel and date";
    RejectedRows: "Baris ditolak" | "Rejected rows";
    Notices: "Catatan" | "Notes";
    Summary: "Ringkasan" | "Summary";
    TotalsSheet: "Rincian kategori" | "Totals";
    MoreBreaks: "{count} selisih lain ada di buku kerja." | "{count} more breaks are in the workbook.";
    MoreRows: "{count} baris lain ada di buku kerja." | "{count} more rows are in the workbook.";
    Footer: "Proses {run}, dihitung per {as_of}. Waktu dalam {zone}." | "Run {run}, as of {as_of}. Times in {zone}.";
    Masked: "Data pribadi disamarkan." | "Personal data is masked.";
    InEnglish: "(dalam bahasa Inggris)" | "(in English)";

    // Columns
    Channel: "Kanal" | "Channel";
    Profile: "Profil" | "Profile";
    BusinessDate: "Tanggal bisnis" | "Business date";
    State: "Status" | "State";
    Revision: "Revisi" | "Revision";
    Settlement: "Settlement mitra" | "Settlement";
    Ledger: "Buku kita" | "Ledger";
    Net: "Neto" | "Net";
    Entries: "Entri" | "Entries";
    Count: "Jumlah" | "Count";
    Amount: "Nominal" | "Amount";
    Fee: "Biaya" | "Fee";
    Matched: "Cocok" | "Matched";
    Category: "Kategori" | "Category";
    Id: "ID" | "ID";
    SeverityColumn: "Tingkat" | "Severity";
    Kind: "Jenis" | "Kind";
    Key: "Kunci" | "Key";
    Reason: "Sebab" | "Reason";
    Step: "Langkah berikut" | "Next step";
    Who: "Ditangani oleh" | "Who acts";
    Deadline: "Batas waktu" | "Deadline";
    NoDeadline: "tanpa batas waktu" | "no deadline";
    Age: "Umur (hari)" | "Age (days)";
    Exposure: "Posisi" | "Exposure";
    Difference: "Selisih nominal" | "Difference";
    Reference: "Referensi" | "Reference";
    Details: "Rincian" | "Details";
    LedgerEntries: "Entri buku kita" | "Ledger entries";
    SettlementEntries: "Entri settlement" | "Settlement entries";
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
    ClosedAt: "tutup sejak {at}" | "closed since {at}";
    OpenUntil: "sampai {at}" | "until {at}";
    NotOffered: "tidak tersedia" | "not offered";
    FileName: "Berkas" | "File";
    Sheet: "Lembar" | "Sheet";
    Row: "Baris" | "Row";
    Column: "Kolom" | "Column";
    Value: "Nilai" | "Value";
    Rows: "Baris" | "Rows";
    Rejected: "Ditolak" | "Rejected";
    Received: "Diterima" | "Received";
    Due: "Jatuh tempo" | "Due";
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
    Cleared: "Selesai dicocokkan" | "Cleared";
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
    ToleranceNote: "{channel} {date}: {count} entri dicocokkan dalam toleransi{amount}{fee}." | "{channel} {date}: {count} entries matched within tolerance{amount}{fee}.";
    ToleranceAmount: ", total nominal berbeda {amount}" | ", {amount} apart in total";
    ToleranceFee: ", total biaya berbeda {amount}" | ", fees {amount} apart in total";
    ByDate: "Per tanggal" | "By date";
    MoreInList: "{count} selisih lain tanggal ini ada di daftar di atas." | "{count} more breaks of this date are in the list above.";
    MoreOfDate: "dan {count} lagi di buku kerja" | "and {count} more in the workbook";
    MoreDates: "{count} tanggal lain yang ada catatannya diuraikan di buku kerja." | "{count} more dates that have something to say are told in the workbook.";
    DatesComplete: "{known} dari {all} tanggal lengkap" | "{known} of {all} dates complete";

    // The last dates, and the page
    Trend: "{count} tanggal terakhir" | "The last {count} dates";
    TrendAtLeast: "≥ {amount}" | "≥ {amount}";
    TrendPartly: "≥: belum semua kanal lengkap; nilainya sedikitnya sebesar itu." | "≥: not every channel is complete; it is at least that much.";
    UnknownAbove: "Angka ini belum mencakup {count} hasil yang belum ada. Nilainya belum diketahui, bukan nol." | "The figures leave out {count} results that are not in. Those amounts are not known, not zero.";
    DateMany: "{count} tanggal" | "{count} dates";
    MoreSteps: "{count} langkah lagi" | "{count} more steps";
    TrendNotRun: "Tidak diproses" | "Not run";
    TemplateFault: "Templat {fault}. Templat bawaan yang dipakai; periksa dengan: rekon check" | "Template {fault}. The built-in one was used; try: rekon check";
    SkipToBreaks: "Langsung ke daftar selisih" | "Skip to the list of breaks";
    SearchBreaks: "Cari" | "Search";
    SearchHint: "kunci, faktur, ID, sebab …" | "key, invoice, ID, reason …";
    FilterAll: "Semua" | "All";
    FilterReset: "Tampilkan semua" | "Show all";
    FilterTitle: "Saring daftar selisih" | "Filter the breaks";
    AllBreaks: "Semua selisih" | "All breaks";
    AllPendings: "Transaksi tertunda" | "Pending payments";
    ShownOf: "{shown} dari {all} selisih" | "{shown} of {all} breaks";
    NoneShown: "Tidak ada selisih yang cocok dengan saringan ini." | "No break matches this filter.";
    PageBound: "Halaman ini memuat {count} yang terberat; {rest} lainnya ada di buku kerja." | "This page has the gravest {count}; the workbook has the {rest} others too.";
    PageMore: "{count} baris lain ada di buku kerja." | "{count} more rows are in the workbook.";
    AgeTitle: "Umur" | "Age";
    NoBreaks: "Tidak ada selisih." | "No breaks.";
    Within: "{place}, baris {row}" | "{place}, row {row}";

    // States
    StateComplete: "Lengkap" | "Complete";
    StateNotDue: "Belum jatuh tempo" | "Not due";
    StateIncomplete: "Belum lengkap" | "Incomplete";
    StateNotExpected: "Tidak diharapkan" | "Not expected";
    FileOnTime: "Tepat waktu" | "On time";
    FileReceived: "Diterima" | "Received";
    FileLate: "Terlambat" | "Late";
    FileMissing: "Belum ada" | "Missing";
    FilePartMissing: "Bagian {parts} belum ada" | "Part {parts} missing";
    FileNotDue: "Belum jatuh tempo" | "Not due";
    FileNotExpected: "Tidak diharapkan" | "Not expected";
    FileRefused: "Ditolak" | "Refused";
    MailQuarantined: "Surel dikarantina" | "Mail quarantined";
    MailFrom: "dari {sender}" | "from {sender}";
    FromMail: "Surel dari {sender}, {sent}, Message-ID <{id}> ({verdict})" | "Mail from {sender}, {sent}, Message-ID <{id}> ({verdict})";
    MailboxUnproven: "Kotak surat {name}: keaslian pengirim tidak diperiksa (authentication = \"none\"). Siapa pun dapat memalsukan berkas yang masuk lewat surel." | "Mailbox {name}: nobody checks who sent its mails (authentication = \"none\"). Anyone can forge the files that come by mail.";
    Source: "Asal" | "Source";
    NoFileExpected: "Tidak ada berkas yang diharapkan (libur)." | "No file expected (not a working day).";
    FileDueAt: "Jatuh tempo {at}; pembaruan menyusul." | "Expected by {at}; an update follows.";
    FileOverdue: "Seharusnya ada {at}." | "Was due {at}.";
    FirstRevision: "hasil pertama" | "first result";
    Unchanged: "tidak berubah sejak revisi {revision}" | "no change since revision {revision}";
    Supersedes: "revisi {revision}, menggantikan revisi {old}" | "revision {revision}, supersedes revision {old}";

    // What changed between two revisions, and why
    WhatChanged: "Yang berubah" | "What changed";
    Before: "Sebelum" | "Before";
    After: "Sesudah" | "After";
    Because: "Sebab: {causes}." | "Cause: {causes}.";
    BecauseFileAdded: "berkas masuk" | "the file came";
    BecauseFileCorrected: "berkas dikoreksi" | "the file was corrected";
    BecauseFileWithdrawn: "berkas ditarik" | "the file was withdrawn";
    BecauseFileGone: "sebuah berkas tidak dihitung lagi" | "a file no longer counts";
    BecauseProfile: "profil berubah" | "the profile changed";
    BecauseSettings: "pengaturan kanal berubah" | "the channel's settings changed";
    BecauseProfileOrSettings: "profil atau pengaturan kanal berubah" | "the profile or a setting of the channel changed";
    BecauseLedger: "buku kita berubah" | "the ledger changed";
    BecauseTime: "jatuh tempo atau SLA terlewati" | "a due time or an SLA passed";
    BecauseDecided: "selisih diselesaikan, dihapusbukukan, atau dibuka lagi" | "people resolved, wrote off or reopened breaks";
    BecauseTheseDates: "tanggal lain berubah ({dates}); milik tanggal ini sendiri tetap" | "other dates changed ({dates}), nothing of this date's own";
    BecauseOtherDates: "tanggal lain berubah; milik tanggal ini sendiri tetap" | "other dates changed, nothing of this date's own";
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
    BecauseYesterday: "tanggal kemarin, selalu diperiksa" | "yesterday, which every run looks at";
    BreaksMoved: "Selisih: {opened} baru, {cleared} selesai, {changed} berubah." | "Breaks: {opened} opened, {cleared} cleared, {changed} changed.";
    NowIn: "kini: {bucket}" | "now: {bucket}";
    FileReplaces: "{new} (revisi {revision}) menggantikan {old} (revisi {earlier})" | "{new} (revision {revision}) replaces {old} (revision {earlier})";
    FileRestored: "{new} dihitung lagi menggantikan {old}" | "{new} counts again in place of {old}";
    FileCame: "{file} masuk, {rows} baris" | "{file} came with {rows} rows";
    FileTakenBack: "{file} ditarik: {reason}" | "{file} was withdrawn: {reason}";
    FileRefusedSince: "{file} ditolak kemudian: {reason}" | "{file} was refused since: {reason}";
    FileCountsElsewhere: "{file} tidak lagi dihitung untuk tanggal ini" | "{file} no longer counts for this date";
    FileReadOtherwise: "{file} kini terbaca {rows} baris dan {rejected} ditolak; sebelumnya {rows_before} dan {rejected_before}" | "{file} now reads as {rows} rows and {rejected} rejected, before as {rows_before} and {rejected_before}";
    RowsMoved: "baris: {added} ditambah, {removed} dihapus, {changed} berubah" | "rows: {added} added, {removed} removed, {changed} changed";
    RowsSame: "isi barisnya sama" | "its rows say the same";
    RowsNotCompared: "barisnya tidak dapat dibandingkan: {reason}" | "the rows cannot be compared: {reason}";
    Operation: "Operasi" | "Operation";
    FieldChanged: "{field} berubah" | "{field} changed";
    ReasonChanged: "sebabnya lain" | "for another reason";
    MoreHere: "dan {count} lagi" | "and {count} more";
    ManySupersede: "{count} hasil menggantikan revisi sebelumnya; rinciannya di bawah." | "{count} results supersede earlier ones; see below what changed.";
    MoreChanges: "{count} hasil lain juga berubah: rekon diff --date …" | "{count} more results changed too: rekon diff --date …";

    // Buckets
    BucketMatched: "Cocok" | "Matched";
    BucketTolerance: "Cocok dalam toleransi" | "Matched within tolerance";
    BucketTiming: "Beda tanggal" | "Timing differences";
    BucketNetted: "Saling meniadakan" | "Netted";
    BucketSplit: "Terpecah" | "Split";
    BucketPending: "Tertunda dalam SLA" | "Pending within SLA";
    BucketAwaiting: "Menunggu tanggal sebelah" | "Awaiting";
    BucketNothing: "Tidak ada yang diselesaikan" | "Nothing to settle";

    // Break kinds
    KindMissingInLedger: "Tidak ada di buku kita" | "Missing in ledger";
    KindMissingAtPartner: "Tidak ada di mitra" | "Missing at partner";
    KindAmount: "Selisih nominal" | "Amount break";
    KindFee: "Selisih biaya" | "Fee break";
    KindStatus: "Status berbeda" | "Status break";
    KindSettledPending: "Dibayar mitra, kita tertunda" | "Settled while pending";
    KindStuck: "Transaksi menggantung" | "Stuck pending";
    KindReversal: "Pembatalan tidak dijalankan" | "Reversal not honoured";
    KindRefund: "Dikembalikan setelah terkirim" | "Refund after delivery";
    KindDuplicate: "Ganda" | "Duplicate";
    KindAmbiguous: "Kunci meragukan" | "Ambiguous key";
    KindDamaged: "Kunci rusak" | "Damaged key";

    // What the gravest findings mean, where the kind's name does not say it
    TitleCharged: "Pelanggan terdebit tanpa barang" | "Charged without delivery";
    TitleUnpaid: "Terkirim tanpa pembayaran" | "Delivered without payment";
    TitleSafeToFail: "Aman ditandai gagal" | "Safe to fail";

    // Severity, actors
    Critical: "Kritis" | "Critical";
    High: "Tinggi" | "High";
    Medium: "Sedang" | "Medium";
    Low: "Rendah" | "Low";
    ActorFinance: "Keuangan" | "Finance";
    ActorOps: "Operasional" | "Ops";
    ActorPartner: "Operasional, ke mitra" | "Ops, with the partner";

    // Statuses
    StatusSuccess: "sukses" | "success";
    StatusPending: "tertunda" | "pending";
    StatusUnknown: "belum jelas" | "unknown";
    StatusFailed: "gagal" | "failed";
    StatusRefunded: "gagal dan dikembalikan" | "failed and refunded";
    StatusReversed: "dibatalkan" | "reversed";

    // Reasons, one per finding
    WhyNotInLedger: "Mitra menyelesaikan {theirs}; buku kita tidak punya entri dengan kunci ini." | "The partner settled {theirs}; our ledger has no entry with this key.";
    WhyNotSettled: "Buku kita mencatat sukses {ours}; berkas mitra tidak memuatnya." | "Our ledger says success for {ours}; the partner's file does not have it.";
    WhySettledMore: "Mitra menyelesaikan {theirs}, buku kita {ours}: {difference} lebih." | "The partner settled {theirs}, our ledger has {ours}: {difference} more.";
    WhySettledLess: "Mitra menyelesaikan {theirs}, buku kita {ours}: {difference} kurang." | "The partner settled {theirs}, our ledger has {ours}: {difference} less.";
    WhyFeeBasis: "Mitra {theirs}, buku kita {ours}: selisih {difference} hilang bila biaya admin dihitung dengan cara sebaliknya." | "Partner {theirs}, ledger {ours}: the difference of {difference} vanishes when the admin fee is counted the other way.";
    WhyFeeDiffers: "Nominal sama, biaya berbeda: mitra {their_fee}, buku kita {our_fee}." | "Equal amounts, different fees: partner {their_fee}, ledger {our_fee}.";
    WhyFailedHere: "Kita mencatat gagal, mitra mencatat sukses {theirs}." | "We say failed, the partner says success for {theirs}.";
    WhySuccessHereFailed: "Kita mencatat sukses {ours}, mitra mencatat gagal." | "We say success for {ours}, the partner says failed.";
    WhySuccessHereReversed: "Kita mencatat sukses {ours}, mitra membatalkannya." | "We say success for {ours}, the partner reversed it.";
    WhyOpenHereFailed: "Di kita {our_status}, mitra memastikan gagal: {ours} aman ditandai gagal." | "Ours is {our_status}, the partner confirms failed: {ours} is safe to fail.";
    WhyOpenHereReversed: "Di kita {our_status}, mitra sudah membatalkan {theirs}." | "Ours is {our_status}, the partner reversed {theirs}.";
    WhyUndoesNothing: "Ada pembatalan atau pengembalian {either} tanpa pembayaran asalnya." | "A void, reversal or refund of {either} has no payment that it undoes.";
    WhyStatusDiffers: "Di kita {our_status}, di mitra {their_status}: {either}." | "Ours is {our_status}, theirs is {their_status}: {either}.";
    WhySettledPending: "Di kita {our_status}, mitra sudah menyelesaikan {theirs}." | "Ours is {our_status}, the partner has settled {theirs}.";
    WhyStuckHere: "{ours} masih {our_status} melewati SLA; mitra belum memberi hasil akhir." | "{ours} is still {our_status} past the SLA; the partner has nothing final.";
    WhyStuckThere: "{theirs} masih {their_status} di mitra melewati SLA." | "{theirs} is still {their_status} at the partner past the SLA.";
    WhyReversal: "Kita sudah membatalkan, tetapi berkas mitra masih menagih {theirs} tanpa pembatalan." | "We reversed it, yet the partner's file still shows {theirs} and no reversal.";
    WhyRefund: "Kita mencatat sukses {ours}, mitra kemudian mengembalikan dananya ke pelanggan." | "We say success for {ours}, the partner failed it and gave the money back.";
    WhySettledTwice: "Kunci yang sama muncul lagi di berkas mitra: {theirs}." | "The same key stands again in the partner's file: {theirs}.";
    WhyBookedTwice: "Kunci yang sama tercatat lagi di buku kita: {ours}." | "The same key is booked again in our ledger: {ours}.";
    WhyAmbiguous: "Beberapa entri memakai kunci ini dan tidak dapat dipasangkan dengan jujur: mitra {theirs}, kita {ours}." | "Several entries share this key and no honest pairing exists: partner {theirs}, ours {ours}.";
    WhyDamaged: "Referensi dibulatkan oleh lembar kerja, digit akhirnya hilang: {theirs}." | "A spreadsheet rounded this reference, its last digits are gone: {theirs}.";
    CauseEquivalent: "Semua kolom sama." | "All fields are equal.";
    CauseConflicting: "Isi kedua entri berbeda." | "The entries say different things.";
    CauseOtherDate: "Kunci ini sudah cocok pada tanggal bisnis lain." | "The key was already matched on another business date.";
    CauseTooMany: "Kunci ini dipakai {count} kali." | "The key is used {count} times.";
    CauseCandidate: "Satu entri buku kita mungkin pasangannya; tidak dicocokkan otomatis." | "One ledger entry could be its pair; it was not matched by itself.";
    CauseRejectedRow: "Berkas memuat kunci ini pada baris yang tidak terbaca." | "The file has this key in a row that could not be read.";

    // Next steps
    DoDeliverOrRefund: "Pelanggan sudah membayar tanpa menerima barang: kirim sekarang atau kembalikan dananya." | "The customer paid and received nothing: deliver now or refund.";
    DoFindOrder: "Cari pesanannya, bukukan, lalu kirim atau kembalikan dananya." | "Find the order, book it, then deliver or refund.";
    DoDisputeBill: "Tagihan tanpa pesanan: minta bukti dari mitra atau ajukan keberatan." | "Billed without an order: ask the partner for proof or dispute it.";
    DoClaimSettlement: "Tagih settlement-nya ke mitra dengan referensi ini." | "Claim the settlement from the partner with this reference.";
    DoExpectBill: "Sudah diterima tetapi belum ditagih: cadangkan dan tanyakan ke mitra." | "Received but not billed yet: accrue it and ask the partner.";
    DoClaimDifference: "Tagih kekurangannya ke mitra." | "Claim the shortfall from the partner.";
    DoAgreeSurplus: "Sepakati koreksi kelebihan dengan mitra." | "Agree the correction of the surplus with the partner.";
    DoCheckAmountBasis: "Periksa apakah nominal berkas termasuk biaya admin (amount_basis)." | "Check whether the file's amount includes the admin fee (amount_basis).";
    DoCheckFeeRates: "Bandingkan tarif MDR dan PPN dengan kontrak." | "Compare the MDR and PPN rates with the contract.";
    DoClaimOrCollect: "Tagih pembayarannya ke mitra, atau ke pelanggan." | "Claim the payment from the partner, or collect it from the customer.";
    DoRedeliverOrRefund: "Pelanggan sudah membayar dan mitra tidak mengirim: kirim ulang atau kembalikan dananya." | "The customer paid and the partner did not deliver: deliver again or refund.";
    DoRecoverOrAccept: "Barang terkirim dan ditagih padahal kita mencatat gagal: tagih pelanggan atau minta pembatalan mitra." | "Delivered and billed although we say failed: collect from the customer or ask the partner to cancel.";
    DoMarkFailed: "Tandai gagal; mitra sudah memastikannya." | "Mark it failed; the partner confirmed it.";
    DoMarkReversed: "Tandai dibatalkan; mitra sudah melakukannya." | "Mark it reversed; the partner did so.";
    DoFindUndone: "Cari pembayaran asal yang dibatalkan ini." | "Find the payment that this undoes.";
    DoCompareStatus: "Tanyakan status akhirnya ke mitra dan samakan." | "Ask the partner for the final status and align ours.";
    DoMarkSuccess: "Tandai sukses dan kirim bila belum." | "Mark it success, and deliver if not yet done.";
    DoEscalate: "Cek status, lalu eskalasi ke operasional mitra. Jangan ditandai gagal." | "Check its status, then escalate to the partner's ops. Never mark it failed.";
    DoDemandReversal: "Minta mitra mengembalikan dana pelanggan; lampirkan bukti pembatalan." | "Have the partner return the customer's money; send the proof of reversal.";
    DoClaimReversal: "Tagih kembali ke mitra; lampirkan bukti pembatalan." | "Claim it back from the partner; send the proof of reversal.";
    DoReturnDuplicate: "Pastikan pelanggan tidak terdebit dua kali, lalu kembalikan kelebihannya." | "Check that the customer was not charged twice, then return the surplus.";
    DoClaimDuplicate: "Tagih kembali penagihan ganda ke mitra." | "Claim the double billing back from the partner.";
    DoCheckDoubleDelivery: "Periksa apakah barang terkirim dua kali, lalu koreksi pembukuan." | "Check whether it was delivered twice, then correct the books.";
    DoCompareConflict: "Bandingkan kedua entri dengan bukti transaksi dan tentukan yang benar." | "Compare both entries with the receipts and decide which is right.";
    DoTellApart: "Lengkapi kolom pembeda (faktur, terminal), lalu proses ulang tanggal ini." | "Supply a field that tells them apart (invoice, terminal), then rerun the date.";
    DoAskForText: "Minta berkas ulang dengan referensi sebagai teks." | "Ask for the file again with references as text.";
    DoAskForFile: "Minta berkas {channel} untuk {date}; hasil diproses begitu berkas tiba." | "Ask the partner for the {channel} file of {date}; it is reconciled once it arrives.";
    DoAskForPart: "Minta bagian {parts} dari berkas {channel} untuk {date}." | "Ask the partner for part {parts} of the {channel} file of {date}.";
    DoFixRows: "Baris ini tidak ikut dihitung: lihat sebabnya di bawah, lalu minta berkas perbaikan." | "These rows do not count: see why below, then ask for a corrected file.";
    DoJudgeMail: "“{subject}” dari {sender} tidak dihitung: {reason}. Tanyakan lewat jalur lain kepada pengirim yang sebenarnya; kalau asli: rekon quarantine release {id} --reason …" | "“{subject}” from {sender} does not count: {reason}. Ask the real sender by another way; if it is genuine: rekon quarantine release {id} --reason …";
    DoJudgeMails: "{count} surel tidak dihitung, di antaranya “{subject}” dari {sender}: {reason}. Semuanya: rekon quarantine list. Tanyakan lewat jalur lain kepada pengirim yang sebenarnya; yang asli: rekon quarantine release NOMOR --reason …" | "{count} mails do not count, among them “{subject}” from {sender}: {reason}. All of them: rekon quarantine list. Ask the real senders by another way; for each genuine one: rekon quarantine release ID --reason …";
    ChannelFailed: "Kanal belum direkonsiliasi" | "Channel not reconciled";
    DoRepairChannel: "Perbaiki sebabnya; proses berikutnya mencoba lagi dan laporannya menyusul: {reason}" | "Mend the cause; the next run tries again, and its report follows: {reason}";
    DoReplaceFile: "Berkas {file} ditolak: {reason}" | "File {file} was refused: {reason}";
    VoidClosed: "Batas void sudah lewat." | "The void window is closed.";
    ActionLine: "{count} × {kind}, {channel}" | "{count} × {kind}, {channel}";

    // Patterns
    PatternDifference: "{channel} {date}: {count} dari {of} {kind} berbeda tepat {amount}." | "{channel} {date}: {count} of {of} ({kind}) differ by exactly {amount}.";
    PatternFee: "Apakah settlement tidak memasukkan biaya admin?" | "Does the settlement exclude the admin fee?";
    PatternCutoffSettled: "{channel} {date}: {count} dari {of} yang tidak ada di mitra dibukukan {from}–{to}: cut-off mitra tampaknya sebelum {from}." | "{channel} {date}: {count} of {of} missing at the partner were booked {from}–{to}: their cut-off seems to be before {from}.";
    PatternCutoffBooked: "{channel} {date}: {count} dari {of} yang tidak ada di buku kita diselesaikan {from}–{to}: cut-off mitra tampaknya sesudah {to}." | "{channel} {date}: {count} of {of} missing in our ledger were settled {from}–{to}: their cut-off seems to be after {to}.";
    PatternValue: "{channel} {date}: {count} dari {of} {kind} sama-sama {field} {value}." | "{channel} {date}: {count} of {of} ({kind}) have {field} {value}.";
    PatternStatus: "{channel} {date}: {count} dari {of} {kind}: {ours} di kita, {theirs} di mitra." | "{channel} {date}: {count} of {of} ({kind}): {ours} with us, {theirs} at the partner.";
    ChartRisk: "Nilai berisiko menurut jenis selisih (rupiah)" | "Rupiah at risk by kind of break";
    ChartVolume: "Settlement mitra dan buku kita per kanal (rupiah)" | "Settlement and ledger by channel (rupiah)";

    // Short mails, threads, attachments and claims
    NotReconciled: "Belum direkonsiliasi, {channels}" | "Not reconciled, {channels}";
    NotReconciledWhy: "{channel}: {reason}" | "{channel}: {reason}";
    NotReconciledNothing: "Tidak ada angka untuk {period}: nilainya belum diketahui, bukan nol. Tidak ada yang disimpulkan dan tidak ada yang hilang." | "There are no figures for {period}: the amounts are not known, not zero. Nothing was concluded and nothing is lost.";
    NotReconciledNext: "Proses berikutnya mencoba lagi; laporannya menyusul lewat surel. Sampai saat itu, tim operasional perlu memeriksa penyebab di atas." | "The next run tries again, and its report follows by mail. Until then operations should look into the cause above.";
    AllQuiet: "Tenang, {count} {dates} cocok tanpa selisih" | "All quiet, {count} {dates} reconciled clean";
    NothingNew: "Tidak ada kabar baru, {count} {dates} cocok tanpa selisih" | "Nothing new, {count} {dates} reconciled clean";
    DateWord: "tanggal" | "date";
    DatesWord: "tanggal" | "dates";
    QuietScope: "Tidak ada laporan lain yang dikirim kepada Anda sejak {since}." | "No other report was sent to you since {since}.";
    QuietOpen: "Masih terbuka dari sebelumnya: {count} senilai {amount}." | "Still open from before: {count}, worth {amount}.";
    QuietNotClean: "Tidak termasuk: {list}." | "Not among them: {list}.";
    QuietLastFile: "Berkas terakhir: {file}, diterima {at}." | "Last file: {file}, received {at}.";
    QuietNoFile: "Belum ada berkas yang diterima." | "No file has been received yet.";
    QuietNext: "Berikutnya diharapkan: {channel} untuk {date}, paling lambat {at}." | "Next expected: {channel} for {date}, by {at}.";
    AttachmentsZipped: "Lampiran berukuran {size}, batasnya {limit}: dikemas dalam {file}." | "The attachments are {size}, the limit is {limit}: packed into {file}.";
    AttachmentsLeft: "Lampiran berukuran {size}, batasnya {limit}, juga setelah dikemas: yang tidak muat tidak dilampirkan. Berkasnya ada di komputer yang menjalankan rekon: {files}." | "The attachments are {size}, the limit is {limit}, also when packed: what does not fit is not attached. These files are on the host that runs rekon: {files}.";
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
    ClaimSettle: "Sukses pada kami dan tidak ada di laporan Anda: mohon diselesaikan" | "Success with us and not in your report: please settle it";
    ClaimDifference: "Nominal berbeda: mohon kekurangannya diselesaikan" | "The amounts differ: please settle the difference";
    ClaimStatus: "Sukses pada kami, tidak sukses di laporan Anda: mohon periksa dan selesaikan" | "Success with us, not in your report: please check and settle it";
    ClaimBill: "Ditagih dan tidak kami kenal: mohon buktinya atau hapus dari tagihan" | "Billed and not known to us: please prove it or take it off the bill";
    ClaimReversal: "Sudah kami batalkan dan masih ada di laporan Anda: mohon dikembalikan" | "Reversed by us and still in your report: please give it back";
    ClaimDuplicate: "Ditagih lebih dari sekali: mohon kelebihannya dikembalikan" | "Billed more than once: please give the surplus back";
    ClaimFinalStatus: "Belum ada status akhir: mohon status akhirnya" | "No final status yet: please tell its final status";
    AgeingSheet: "Umur" | "Ageing";
    PayoutsSheet: "Pencairan" | "Payouts";
    Batch: "Batch" | "Batch";
    Covered: "Tanggal tercakup" | "Dates covered";
    Gross: "Bruto" | "Gross";
    NetOfFile: "Neto menurut berkas" | "Net as the file says";
    PayoutDifference: "Bruto − biaya − neto" | "Gross − fee − net";
    PayoutNotCompared: "Selisih tidak dihitung:" | "The difference is not told:";
    PayoutRejected: "ada baris yang ditolak" | "rows were rejected";
    PayoutFiltered: "ada baris bernilai uang yang disaring keluar" | "rows that hold money are filtered out";
    PayoutOpen: "ada baris yang masih pending atau belum diketahui" | "rows are still pending or unknown";
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
    Product: "Produk" | "Product";
    SheetGoesOn: "{sheet}: {count} baris, dilanjutkan di {sheets}." | "{sheet}: {count} rows, continued on {sheets}.";
    ClaimDamagedKey: "Referensi rusak di laporan Anda: mohon kirim ulang sebagai teks" | "The reference is damaged in your report: please send it again as text";
}

/// Puts figures into a label's text. A name that the text does not have is ignored, since the
/// two languages need not use the same ones.
pub fn fill(label: Label, language: Language, figures: &[(&str, &str)]) -> String {
    let mut rest = label.text(language);
    let mut filled = String::with_capacity(rest.len() + 32);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if let Some((_, figure)) = figures.iter().find(|(known, _)| *known == name) {
            filled.push_str(figure);
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
