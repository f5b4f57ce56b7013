//! What headers and values say in words, in Indonesian and English. A word is evidence and never
//! proof: whoever decides by one names it.

/// Letters and digits of a header as words: `merchantInvoice`, `TXN_AMOUNT`, `No. Referensi`.
pub(super) fn words(header: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut last_is_lower = false;
    for letter in header.chars() {
        let starts_anew = letter.is_uppercase() && last_is_lower;
        if (!letter.is_alphanumeric() || starts_anew) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        last_is_lower = letter.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The first of `list` that the header says: `trx id` is said by `Trx ID (Partner)`.
pub(super) fn says(header: &str, list: &[&'static str]) -> Option<&'static str> {
    let words = words(header);
    list.iter().copied().find(|entry| {
        let wanted: Vec<&str> = entry.split(' ').collect();
        words
            .windows(wanted.len())
            .any(|window| window.iter().zip(&wanted).all(|(word, want)| word == want))
    })
}

/// A header as the name of a field: lower-case letters, digits and underscores.
pub(super) fn snake(header: &str) -> String {
    let mut name = String::new();
    for word in words(header) {
        let ascii: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if ascii.is_empty() {
            continue;
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(&ascii);
        if name.len() > 40 {
            break;
        }
    }
    name
}

pub(super) const AMOUNT: &[&str] = &[
    "amount", "nominal", "jumlah", "nilai", "gross", "bruto", "total", "harga", "price", "mutasi",
    "tagihan", "bayar", "amt", "value",
];
/// Words that say the price itself, where several columns could be the amount.
pub(super) const PRICE: &[&str] = &["harga", "price", "amount", "nominal", "jumlah"];
/// What is taken off a price: never the amount itself.
pub(super) const DISCOUNT: &[&str] = &[
    "diskon", "discount", "disc", "promo", "cashback", "rabat", "subsidi", "subsidy",
];
pub(super) const FEE: &[&str] = &[
    "fee",
    "fees",
    "biaya",
    "admin",
    "mdr",
    "potongan",
    "charge",
    "charges",
    "komisi",
    "commission",
    "ppn",
    "vat",
    "tax",
    "pajak",
];
pub(super) const NET: &[&str] = &[
    "net",
    "nett",
    "netto",
    "bersih",
    "settle amount",
    "settled amount",
    "settlement amount",
    "amount settled",
    "diterima",
    "disbursed",
    "payout",
    "dibayarkan",
];
/// Sums of money that no row is about.
pub(super) const BALANCE: &[&str] = &[
    "balance", "saldo", "limit", "kurs", "rate", "qty", "quantity", "persen", "percent",
];
pub(super) const DEBIT: &[&str] = &["debit", "debet", "dr", "db", "keluar"];
pub(super) const CREDIT: &[&str] = &["credit", "kredit", "cr", "masuk"];
pub(super) const TIME: &[&str] = &[
    "date",
    "time",
    "datetime",
    "timestamp",
    "tanggal",
    "tgl",
    "waktu",
    "jam",
    "at",
    "hari",
    "trxdate",
    "created",
    "paid",
    "on",
];
/// Of several dates, those that say when money was paid out rather than when the payment was made.
pub(super) const LATER: &[&str] = &[
    "settle",
    "settled",
    "settlement",
    "payout",
    "cair",
    "pencairan",
    "update",
    "updated",
    "upload",
    "process",
    "processed",
    "expired",
    "expiry",
    "due",
    "report",
    "cetak",
];
pub(super) const STATUS: &[&str] = &[
    "status",
    "state",
    "response code",
    "response",
    "rc",
    "result",
    "kode respon",
    "kode respons",
    "hasil",
];
pub(super) const OPERATION: &[&str] = &[
    "type",
    "tipe",
    "jenis",
    "operation",
    "operasi",
    "activity",
    "mti",
];
pub(super) const REFERENCE: &[&str] = &[
    "id",
    "ref",
    "reff",
    "reference",
    "referensi",
    "invoice",
    "faktur",
    "order",
    "pesanan",
    "rrn",
    "stan",
    "trxid",
    "refid",
    "refno",
    "number",
    "nomor",
    "no",
    "kode",
    "code",
    "uuid",
    "receipt",
    "bukti",
    "batch",
    "terminal",
    "tid",
    "mid",
    "serial",
    "trace",
];
/// A column of such a name holds references, whatever number they look like.
const IDENTITY: &[&str] = &[
    "id",
    "order",
    "pesanan",
    "ref",
    "reff",
    "reference",
    "referensi",
    "refid",
    "refno",
    "trx",
    "trxid",
    "transaksi",
    "transaction",
    "invoice",
    "faktur",
    "rrn",
    "stan",
    "receipt",
    "bukti",
    "trace",
];
pub(super) const PHONE: &[&str] = &[
    "nomor tujuan",
    "no tujuan",
    "phone",
    "hp",
    "msisdn",
    "ponsel",
    "telepon",
    "telp",
    "handphone",
    "mobile",
    "wa",
];
pub(super) const PERSON: &[&str] = &[
    "customer",
    "pelanggan",
    "nama",
    "name",
    "email",
    "nik",
    "ktp",
    "alamat",
    "address",
    "client",
    "payer",
    "pembayar",
    "penerima",
    "pengirim",
    "sender",
    "recipient",
    "beneficiary",
    "cardholder",
    "pan",
    "kartu",
    "card",
    "rekening",
    "account",
    "buyer",
    "pembeli",
    "npwp",
    "taxpayer",
    "wajib pajak",
];
/// Words for the number of a bank account: it is somebody's, whichever bank keeps it.
const ACCOUNT: &[&str] = &[
    "rekening",
    "rek",
    "norek",
    "account",
    "accountno",
    "acct",
    "acc no",
    "iban",
];
/// Names of things rather than of people.
const NOT_A_PERSON: &[&str] = &[
    "merchant", "product", "produk", "bank", "toko", "store", "outlet", "shop", "cabang", "channel",
];
/// Of these a name is that of a levy or a fee; of a taxpayer it is a person's all the same.
const LEVY: &[&str] = &[
    "pajak", "tax", "ppn", "pph", "vat", "fee", "biaya", "mdr", "promo",
];
const NAME: &[&str] = &["name", "nama"];
pub(super) const BEARER: &[&str] = &[
    "token",
    "voucher",
    "pin",
    "stroom",
    "serial number",
    "kode voucher",
    "otp",
];
pub(super) const PRODUCT: &[&str] = &["product", "produk", "sku", "item", "layanan", "service"];
pub(super) const CURRENCY: &[&str] = &["currency", "ccy", "mata uang", "valuta", "curr"];
pub(super) const NARRATIVE: &[&str] = &[
    "keterangan",
    "narrative",
    "description",
    "deskripsi",
    "berita",
    "remark",
    "uraian",
    "catatan",
];

/// What a status word plainly says; nothing for a word that only seems to.
pub(super) fn status_of(value: &str) -> Option<&'static str> {
    let said: String = words(value).join(" ");
    Some(match said.as_str() {
        "success" | "successful" | "succeeded" | "sukses" | "berhasil" | "lunas" | "paid"
        | "transaksi berhasil" => "success",
        "pending" | "tertunda" | "menunggu" => "pending",
        "failed" | "gagal" | "failure" | "transaksi gagal" => "failed",
        _ => return None,
    })
}

/// Words that say how a payment ended, without saying it plainly enough to be mapped.
pub(super) fn tells_an_end(value: &str) -> bool {
    const WORDS: [&str; 19] = [
        "approved",
        "approve",
        "declined",
        "rejected",
        "settled",
        "completed",
        "complete",
        "reversed",
        "expired",
        "cancelled",
        "canceled",
        "batal",
        "dibatalkan",
        "ditolak",
        "disetujui",
        "selesai",
        "suspect",
        "timeout",
        "error",
    ];
    words(value)
        .iter()
        .any(|word| WORDS.contains(&word.as_str()))
}

/// What an operation word plainly says.
pub(super) fn kind_of(value: &str) -> Option<&'static str> {
    let said = words(value);
    let has = |list: &[&str]| said.iter().any(|word| list.contains(&word.as_str()));
    let undoing = [
        ("refund", has(&["refund", "refunded", "pengembalian"])),
        ("reversal", has(&["reversal"])),
        ("void", has(&["void"])),
        (
            "fee",
            has(&["fee", "fees", "mdr", "biaya", "komisi", "commission"]),
        ),
    ];
    let mut undoing = undoing.iter().filter(|(_, is)| *is);
    match (undoing.next(), undoing.next()) {
        (Some((kind, _)), None) if said.len() <= 2 => Some(kind),
        (None, _)
            if said.len() <= 2
                && has(&[
                    "payment",
                    "pembayaran",
                    "sale",
                    "purchase",
                    "penjualan",
                    "principal",
                    "pokok",
                ]) =>
        {
            Some("payment")
        }
        _ => None,
    }
}

/// `081200001234`, `+62 812-0000-1234`: an Indonesian mobile number.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = bare_digits(text);
    let national = digits
        .strip_prefix("62")
        .or_else(|| digits.strip_prefix('0'));
    national.is_some_and(is_national)
}

/// `81200001234` as well: the zero in front was lost. Other numbers begin with 8 too.
pub(super) fn could_be_phone(text: &str) -> bool {
    is_phone(text) || is_national(&bare_digits(text))
}

fn bare_digits(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '-' | '+' | '.'))
        .collect()
}

fn is_national(digits: &str) -> bool {
    digits.bytes().all(|b| b.is_ascii_digit())
        && digits.starts_with('8')
        && (9..=12).contains(&digits.len())
}

/// The word by which a header says that it holds a person's name, address or account.
pub(super) fn names_a_person(header: &str) -> Option<&'static str> {
    if let Some(word) = says(header, ACCOUNT) {
        return Some(word);
    }
    if says(header, NOT_A_PERSON).is_some() {
        return None;
    }
    let others: Vec<&'static str> = PERSON
        .iter()
        .copied()
        .filter(|word| !NAME.contains(word))
        .collect();
    says(header, &others).or_else(|| {
        let word = says(header, NAME)?;
        says(header, LEVY).is_none().then_some(word)
    })
}

/// Whether a header names references and neither a phone nor a person.
pub(super) fn names_references(header: &str) -> bool {
    says(header, IDENTITY).is_some()
        && says(header, PHONE).is_none()
        && says(header, ACCOUNT).is_none()
        && says(header, PERSON).is_none()
}

/// A value as it may be shown, by what its header says alone.
pub(super) fn show(header: &str, value: &str) -> String {
    if says(header, BEARER).is_some() {
        "••••".to_owned()
    } else if says(header, PHONE).is_some() || names_a_person(header).is_some() {
        hidden(value)
    } else if names_references(header) && !value.contains('@') {
        super::super::fault::shown(value)
    } else {
        masked(value)
    }
}

/// A text with every run of digits that is as long as a phone number, and every address, hidden;
/// where it speaks of an account, every long number.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::new();
    let of_account = says(text, ACCOUNT).is_some();
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
        if word.contains('@') || could_be_phone(bare) {
            out.push_str("••••");
        } else if of_account {
            out.push_str(&without_accounts(word));
        } else {
            out.push_str(word);
        }
    }
    super::super::fault::shown(&out)
}

/// Long numbers hidden, with the marks inside them. A date between slashes and a time of day are no
/// account.
fn without_accounts(word: &str) -> String {
    let mut out = String::new();
    let mut rest = word;
    let is_part = |c: char| c.is_ascii_digit() || c == '-' || c == '.';
    while !rest.is_empty() {
        let plain = rest.find(is_part).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        let number = &rest[plain..];
        let end = number.find(|c| !is_part(c)).unwrap_or(number.len());
        let number = &number[..end];
        match number.bytes().filter(u8::is_ascii_digit).count() {
            6.. => out.push_str("••••"),
            _ => out.push_str(number),
        }
        rest = &rest[plain + end..];
    }
    out
}

/// A personal value as it may be shown: its ends, where it is long enough to hide between them.
pub(super) fn hidden(value: &str) -> String {
    let letters: Vec<char> = value.chars().collect();
    if letters.len() < 10 {
        return "••••".to_owned();
    }
    let first: String = letters[..2].iter().collect();
    let last: String = letters[letters.len() - 4..].iter().collect();
    super::super::fault::shown(&format!("{first}••••{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_words() {
        for (header, expected) in [
            ("merchantInvoice", "merchant invoice"),
            ("TXN_AMOUNT", "txn amount"),
            ("No. Referensi", "no referensi"),
            ("Jumlah (Rp)", "jumlah rp"),
            ("", ""),
        ] {
            assert_eq!(words(header).join(" "), expected, "{header}");
        }
        assert_eq!(says("Biaya Admin", FEE), Some("biaya"));
        assert_eq!(says("Administrator", FEE), None);
        assert_eq!(snake("Ref ID (Mitra)"), "ref_id_mitra");
    }

    #[test]
    fn only_plain_words_have_a_meaning() {
        for (word, expected) in [
            ("SUCCESS", Some("success")),
            ("Berhasil", Some("success")),
            ("00", None),
            ("Tidak berhasil", None),
            ("GAGAL", Some("failed")),
            ("SUSPECT", None),
            ("COMPLETED", None),
        ] {
            assert_eq!(status_of(word), expected, "{word}");
        }
        for (word, expected) in [
            ("REFUND", Some("refund")),
            ("PAYMENT", Some("payment")),
            ("PAYMENT_REFUND", Some("refund")),
            ("REFUND VOID", None),
            ("CANCEL", None),
        ] {
            assert_eq!(kind_of(word), expected, "{word}");
        }
    }

    #[test]
    fn phone_numbers_are_not_shown() {
        assert!(is_phone("081200001234") && is_phone("+62 812-0000-1234"));
        assert!(!is_phone("81200001234") && could_be_phone("81200001234"));
        assert!(!could_be_phone("12345678901") && !could_be_phone("LKP08120000"));
        assert!(names_references("Order ID") && names_references("Transaksi Order ID"));
        assert!(!names_references("No. HP") && !names_references("Customer ID"));
        assert_eq!(masked("Hubungi 081200001234 ya"), "Hubungi •••• ya");
        assert_eq!(hidden("081200001234"), "08••••1234");
    }

    #[test]
    fn an_account_is_a_persons_and_the_name_of_a_tax_is_not() {
        for (header, expected) in [
            ("Bank Account Number", true),
            ("No Rek Tujuan", true),
            ("NOREK", true),
            ("Merchant Account", true),
            ("Nama Bank", false),
            ("Merchant Name", false),
            ("Tax Name", false),
            ("Nama Pajak", false),
            ("Nama Wajib Pajak", true),
            ("NPWP", true),
            ("Nama Pelanggan", true),
            ("Rekap", false),
            ("Direktur", false),
        ] {
            assert_eq!(names_a_person(header).is_some(), expected, "{header}");
        }
        assert_eq!(
            masked("No. Rekening : 5270-123456 per 18/11/2026"),
            "No. Rekening : •••• per 18/11/2026"
        );
        assert_eq!(masked("No. Rekening,1234567890"), "No. Rekening,••••");
        assert_eq!(masked("Periode 20261118"), "Periode 20261118");
    }
}
