//! Domain names as far as trust needs them: which are well formed, where one owner's names end,
//! and whose signature speaks for whom.

/// Second-level labels under which registries of countries sell names (`co.id`, `com.sg`).
/// Those of .id are PANDI's; a name that is missing here only makes a look-alike less visible and
/// asks of an attacker that a registry signs mail for him.
const SECOND_LEVEL: [&str; 23] = [
    "ac", "biz", "co", "com", "desa", "edu", "firm", "gen", "go", "gob", "gov", "ind", "info",
    "mil", "my", "ne", "net", "nom", "or", "org", "ponpes", "sch", "web",
];

/// Domains where anybody may have an address: the domain says nothing about who writes.
const ANYBODY: [&str; 16] = [
    "aol.com",
    "gmail.com",
    "gmx.com",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "msn.com",
    "outlook.co.id",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "yahoo.co.id",
    "yahoo.com",
    "ymail.com",
];

pub(super) fn is_anybodys(domain: &str) -> bool {
    ANYBODY.contains(&domain)
}

/// Whether a text is a domain name in ASCII: letters, digits, hyphens, two labels at least.
pub(super) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or("");
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && !last.bytes().all(|b| b.is_ascii_digit())
}

/// The label that was registered and the ending it was registered under: `ovo` and `co.id` of
/// `mail.ovo.co.id`. `None` for an ending itself.
pub(super) fn registered(domain: &str) -> Option<(&str, &str)> {
    let mut ending = domain.rfind('.')? + 1;
    let mut name = label_before(domain, ending)?;
    let country = domain.get(ending..)?.len() == 2;
    if country && SECOND_LEVEL.contains(&name) {
        ending -= name.len() + 1;
        name = label_before(domain, ending)?;
    }
    Some((name, domain.get(ending..)?))
}

fn label_before(domain: &str, ending: usize) -> Option<&str> {
    let before = domain.get(..ending.checked_sub(1)?)?;
    let label = before.rsplit('.').next()?;
    (!label.is_empty()).then_some(label)
}

pub(super) fn is_below(domain: &str, parent: &str) -> bool {
    domain
        .strip_suffix(parent)
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// Whether a signature of `signer` speaks for mail from `author` (both in lower case).
///
/// Equal, or one below the other, and both below a name that somebody registered: `id` and `co.id`
/// speak for nobody. Siblings do not align, although DMARC's relaxed mode would let them: the
/// receiving server says `dmarc=pass` where the owner wants that. What is not in the list above
/// and still a registry's (a prefecture's, a hosting company's) could vouch for its customers; it
/// also hands out their names, so it could do so in any case.
pub(super) fn aligned(signer: &str, author: &str) -> bool {
    let kin = signer == author || is_below(signer, author) || is_below(author, signer);
    kin && is_domain(signer)
        && is_domain(author)
        && registered(signer).is_some()
        && registered(author).is_some()
}
