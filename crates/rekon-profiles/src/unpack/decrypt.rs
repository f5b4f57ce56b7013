//! The workbook behind a password, from the two streams of its container (MS-OFFCRYPTO).
//!
//! `EncryptionInfo` says how it is locked: a version (2.3.1), and by that
//! - agile (2.3.4.10, version 4.4): XML that names hashes and key sizes; AES in CBC. Excel 2010 and
//!   later write it. A lock of one hash and size holds the key of a content that may have others.
//! - standard (2.3.4.5, versions 2.2, 3.2 and 4.2): a binary header; AES in ECB and SHA-1. Excel 2007
//!   and LibreOffice write it.
//!
//! `EncryptedPackage` is the size of the workbook in eight bytes, then its blocks (2.3.4.4).
//!
//! The verifier proves the password before anything else is decrypted. Then agile proves every byte
//! of the package; standard cannot: for its content, only the checksums of the archive inside speak.
//! No number is believed: sizes are held to what is there, and spins to `MOST_SPINS`.

use aes::cipher::consts::U16;
use aes::cipher::{Array, BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, InvalidLength};
use aes::{Aes128Dec, Aes192Dec, Aes256Dec};
use data_encoding::BASE64;
use hmac::digest::{Digest, block_api::EagerHash};
use hmac::{Hmac, KeyInit, Mac};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

/// Why a locked workbook does not open.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// What it is locked with, and what the sender can do: goes on from "it is locked with".
    Unsupported(String),
    WrongPassword,
    Corrupt(&'static str),
}

const UNREADABLE: Fault = Fault::Corrupt("how it is locked cannot be read");
const CUT: Fault = Fault::Corrupt("what is locked is shorter than it says");
const CHANGED: Fault = Fault::Corrupt("what is locked was changed or cut");

const BLOCK: usize = 16;
/// How much is decrypted from one vector (2.3.4.15).
const SEGMENT: usize = 4096;
/// The most that agile encryption allows (2.3.4.10); Excel takes 100,000.
const MOST_SPINS: u32 = 10_000_000;
const STANDARD_SPINS: u32 = 50_000;

// What the keys and vectors of agile encryption are for (2.3.4.13, 2.3.4.14).
const VERIFIER: [u8; 8] = 0xfea7_d276_3b4b_9e79_u64.to_be_bytes();
const VERIFIER_HASH: [u8; 8] = 0xd7aa_0f6d_3061_344e_u64.to_be_bytes();
const CONTENT_KEY: [u8; 8] = 0x146e_0be7_abac_d0d6_u64.to_be_bytes();
const SEAL_KEY: [u8; 8] = 0x5fb2_ad01_0cb9_e1f6_u64.to_be_bytes();
const SEAL: [u8; 8] = 0xa067_7f02_b22c_8433_u64.to_be_bytes();

/// The workbook inside. Takes the time its author chose: with Excel 0.1 s, at most some seconds.
pub(super) fn decrypt(info: &[u8], package: &[u8], password: &str) -> Result<Vec<u8>, Fault> {
    const EXTERNAL: u32 = 0x10;
    const AES: u32 = 0x20;
    let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (version, flags) = (word(info, 0)?, word(info, 4)?);
    let rest = &info[8..];
    let method = match (version & 0xffff, version >> 16) {
        (4, 4) => return agile(rest, package, &password),
        (2..=4, 2) if flags & (AES | EXTERNAL) == AES => return standard(rest, package, &password),
        (1, 1) => "RC4, as Excel 97 did",
        (2..=4, 2) if flags & EXTERNAL == 0 => "RC4, as Excel 2003 did",
        (2..=4, 2) | (3 | 4, 3) => "an add-in instead of Excel's own encryption",
        _ => "a version of Office's encryption that is not known here",
    };
    Err(unsupported(method))
}

fn unsupported(method: &str) -> Fault {
    let remedy = "the sender can save it again in Excel 2010 or later, with a password";
    Fault::Unsupported(format!("{method}; {remedy}"))
}

/// The password's part of agile encryption (2.3.4.13): everything here is encrypted with it.
struct Lock {
    method: Method,
    spins: u32,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
    content_key: Vec<u8>,
}

/// How the lock is encrypted, or the content: AES in CBC, by these.
struct Method {
    hash: Hash,
    key_size: usize,
    salt: Vec<u8>,
}

fn agile(xml: &[u8], package: &[u8], password: &[u8]) -> Result<Vec<u8>, Fault> {
    let (lock, content, (seal_key, seal)) = descriptor(xml)?;
    let Lock { method, spins, .. } = &lock;
    let (hash, salt) = (&method.hash, &method.salt);
    let spun = (hash.spun)(salt, password, *spins);
    let unlocked = |purpose: [u8; 8], field: &[u8], size: usize| {
        let key = fitted((hash.of)(&[&spun, &purpose]), method.key_size);
        decrypted(&key, &fitted(salt.clone(), BLOCK), field, size)
    };
    let verifier = unlocked(VERIFIER, &lock.verifier, salt.len())?;
    if unlocked(VERIFIER_HASH, &lock.verifier_hash, hash.size)? != (hash.of)(&[&verifier]) {
        return Err(Fault::WrongPassword);
    }

    let key = unlocked(CONTENT_KEY, &lock.content_key, content.key_size)?;
    let hash = &content.hash;
    let vector = |purpose: &[u8]| fitted((hash.of)(&[&content.salt, purpose]), BLOCK);
    // By 2.3.4.14 the key of the seal is as long as the salt; Office makes it as long as the hash.
    let seal_key = decrypted(&key, &vector(&SEAL_KEY), &seal_key, hash.size)?;
    let seal = decrypted(&key, &vector(&SEAL), &seal, hash.size)?;
    if !(hash.seals)(&seal_key, package, &seal) {
        return Err(CHANGED);
    }
    let (size, mut book) = content_of(package)?;
    for (number, segment) in (0_u32..).zip(book.chunks_mut(SEGMENT)) {
        aes(&key, Some(&vector(&number.to_le_bytes())), segment)?;
    }
    book.truncate(size);
    Ok(book)
}

/// The key of the package's HMAC, and the HMAC (2.3.4.14); both are encrypted as the content is.
type Seal = (Vec<u8>, Vec<u8>);

/// What the XML says. It ends with its root: behind that, some writers fill up.
fn descriptor(xml: &[u8]) -> Result<(Lock, Method, Seal), Fault> {
    let mut reader = Reader::from_str(str::from_utf8(xml).map_err(|_| UNREADABLE)?);
    reader.config_mut().expand_empty_elements = true;
    let (mut lock, mut content, mut seal) = (None, None, None);
    let mut is_password = false;
    loop {
        let element = match reader.read_event().map_err(|_| UNREADABLE)? {
            Event::Start(element) => element,
            Event::End(end) if end.local_name().as_ref() == "encryption" => break,
            Event::Eof => return Err(UNREADABLE),
            _ => continue,
        };
        match element.local_name().as_ref() {
            "keyData" => once(&mut content, Method::read(&element)?)?,
            "dataIntegrity" => {
                let key = binary(&element, "encryptedHmacKey")?;
                once(&mut seal, (key, binary(&element, "encryptedHmacValue")?))?;
            }
            "keyEncryptor" => is_password = text(&element, "uri")?.ends_with("/password"),
            "encryptedKey" if is_password => once(&mut lock, Lock::read(&element)?)?,
            _ => {}
        }
    }
    let lock = lock.ok_or_else(|| unsupported("a certificate instead of a password"))?;
    let seal = seal.ok_or_else(|| unsupported("no proof that nothing in it was changed"))?;
    Ok((lock, content.ok_or(UNREADABLE)?, seal))
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Fault> {
    slot.replace(value).map_or(Ok(()), |_| Err(UNREADABLE))
}

impl Lock {
    fn read(element: &BytesStart) -> Result<Lock, Fault> {
        let spins = number(element, "spinCount")?;
        if spins > MOST_SPINS {
            return Err(Fault::Corrupt(
                "its password would take far too long to try",
            ));
        }
        Ok(Lock {
            method: Method::read(element)?,
            spins,
            verifier: binary(element, "encryptedVerifierHashInput")?,
            verifier_hash: binary(element, "encryptedVerifierHashValue")?,
            content_key: binary(element, "encryptedKeyValue")?,
        })
    }
}

impl Method {
    fn read(element: &BytesStart) -> Result<Method, Fault> {
        let cipher = text(element, "cipherAlgorithm")?;
        let mode = text(element, "cipherChaining")?;
        let name = text(element, "hashAlgorithm")?;
        let hash = match name.as_str() {
            _ if cipher != "AES" => return Err(odd("cipher", &cipher)),
            _ if mode != "ChainingModeCBC" => return Err(odd("cipher mode", &mode)),
            "SHA1" => Hash::new::<Sha1>(),
            "SHA256" => Hash::new::<Sha256>(),
            "SHA384" => Hash::new::<Sha384>(),
            "SHA512" => Hash::new::<Sha512>(),
            _ => return Err(odd("hash", &name)),
        };
        let salt = binary(element, "saltValue")?;
        let sizes = ["hashSize", "saltSize", "blockSize"].map(|size| number(element, size));
        if salt.is_empty() || sizes != [hash.size, salt.len(), BLOCK].map(|it| Ok(it as u32)) {
            return Err(UNREADABLE);
        }
        Ok(Method {
            hash,
            key_size: key_size(number(element, "keyBits")?)?,
            salt,
        })
    }
}

/// A name from a file goes into a message: only of what such names are made, and no long one.
fn odd(what: &str, name: &str) -> Fault {
    let is_plain = |it: &char| it.is_ascii_alphanumeric() || *it == '-';
    let name: String = name.chars().filter(is_plain).take(20).collect();
    unsupported(&format!("the {what} {name}"))
}

fn text(element: &BytesStart, name: &str) -> Result<String, Fault> {
    let Ok(Some(attribute)) = element.try_get_attribute(name) else {
        return Err(UNREADABLE);
    };
    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
    Ok(value.map_err(|_| UNREADABLE)?.into_owned())
}

fn number(element: &BytesStart, name: &str) -> Result<u32, Fault> {
    text(element, name)?.parse().map_err(|_| UNREADABLE)
}

fn binary(element: &BytesStart, name: &str) -> Result<Vec<u8>, Fault> {
    let coded = text(element, name)?;
    BASE64.decode(coded.as_bytes()).map_err(|_| UNREADABLE)
}

/// The header (2.3.2) and the verifier (2.3.3), by their offsets.
fn standard(info: &[u8], package: &[u8], password: &[u8]) -> Result<Vec<u8>, Fault> {
    let header_size = word(info, 0)? as usize;
    let (header, verifier) = info[4..].split_at_checked(header_size).ok_or(UNREADABLE)?;
    let mut verifier = *verifier.first_chunk::<72>().ok_or(UNREADABLE)?;
    let (cipher, hash, key_bits) = (word(header, 8)?, word(header, 12)?, word(header, 16)?);
    let key_size = key_size(key_bits)?;
    // The cipher's number goes with its key, the hash's is SHA-1; zero leaves it to the flags.
    let is_sound = [0, 0x660e + (key_bits - 128) / 64].contains(&cipher)
        && [0, 0x8004].contains(&hash)
        && (word(&verifier, 0)?, word(&verifier, 36)?) == (16, 20);
    if !is_sound {
        return Err(UNREADABLE);
    }

    // 2.3.4.7: the key is two hashes, each of the last one laid over a constant.
    let hash = Hash::new::<Sha1>();
    let spun = (hash.spun)(&verifier[4..20], password, STANDARD_SPINS);
    let last = (hash.of)(&[&spun, &[0; 4]]);
    let laid_over = |constant: u8| {
        let laid: Vec<u8> = last.iter().map(|byte| byte ^ constant).collect();
        (hash.of)(&[&laid, &[constant; 64][laid.len()..]])
    };
    let key = fitted([laid_over(0x36), laid_over(0x5c)].concat(), key_size);

    aes(&key, None, &mut verifier[20..36])?;
    aes(&key, None, &mut verifier[40..])?;
    if (hash.of)(&[&verifier[20..36]]) != verifier[40..60] {
        return Err(Fault::WrongPassword);
    }
    let (size, mut book) = content_of(package)?;
    aes(&key, None, &mut book)?;
    book.truncate(size);
    Ok(book)
}

/// The size of the workbook and its blocks. More may stand behind them (2.3.4.4).
fn content_of(package: &[u8]) -> Result<(usize, Vec<u8>), Fault> {
    let (stated, blocks) = package.split_first_chunk::<8>().ok_or(CUT)?;
    let size = usize::try_from(u64::from_le_bytes(*stated)).map_err(|_| CUT)?;
    let end = size.checked_next_multiple_of(BLOCK).ok_or(CUT)?;
    Ok((size, blocks.get(..end).ok_or(CUT)?.to_vec()))
}

/// A hash function, and what is done with one.
struct Hash {
    size: usize,
    of: fn(&[&[u8]]) -> Vec<u8>,
    spun: fn(salt: &[u8], password: &[u8], spins: u32) -> Vec<u8>,
    seals: fn(key: &[u8], content: &[u8], seal: &[u8]) -> bool,
}

impl Hash {
    fn new<D: Digest + EagerHash>() -> Hash {
        Hash {
            size: <D as Digest>::output_size(),
            of: |parts| {
                let hash = parts.iter().fold(D::new(), Digest::chain_update);
                hash.finalize().to_vec()
            },
            // 2.3.4.7 and 2.3.4.11: the hash of its own number and of the hash before it.
            spun: |salt, password, spins| {
                let first = D::new().chain_update(salt).chain_update(password);
                let spin = |before, number: u32| {
                    let number = D::new().chain_update(number.to_le_bytes());
                    number.chain_update(before).finalize()
                };
                (0..spins).fold(first.finalize(), spin).to_vec()
            },
            seals: |key, content, seal| {
                let mac = <Hmac<D> as KeyInit>::new_from_slice(key);
                mac.is_ok_and(|mac| mac.chain_update(content).verify_slice(seal).is_ok())
            },
        }
    }
}

fn key_size(bits: u32) -> Result<usize, Fault> {
    let is_of_aes = matches!(bits, 128 | 192 | 256);
    is_of_aes.then_some(bits as usize / 8).ok_or(UNREADABLE)
}

/// Cut to a size, or filled up to it (2.3.4.11, 2.3.4.12).
fn fitted(mut bytes: Vec<u8>, size: usize) -> Vec<u8> {
    bytes.resize(size, 0x36);
    bytes
}

/// A field without what fills its last block.
fn decrypted(key: &[u8], vector: &[u8], field: &[u8], size: usize) -> Result<Vec<u8>, Fault> {
    let mut field = field.to_vec();
    aes(key, Some(vector), &mut field)?;
    Ok(field.get(..size).ok_or(UNREADABLE)?.to_vec())
}

/// AES in place: chained from a vector (CBC), or without one every block for itself (ECB).
fn aes(key: &[u8], vector: Option<&[u8]>, content: &mut [u8]) -> Result<(), Fault> {
    fn by<A: KeyInit + BlockCipherDecrypt<BlockSize = U16>>(
        key: &[u8],
        vector: Option<&[u8]>,
        blocks: &mut [Array<u8, U16>],
    ) -> Result<(), InvalidLength> {
        let cipher = A::new_from_slice(key)?;
        match vector {
            Some(iv) => cbc::Decryptor::inner_iv_slice_init(cipher, iv)?.decrypt_blocks(blocks),
            None => cipher.decrypt_blocks(blocks),
        }
        Ok(())
    }
    let (blocks, []) = Array::slice_as_chunks_mut(content) else {
        return Err(UNREADABLE);
    };
    let done = match key.len() {
        16 => by::<Aes128Dec>(key, vector, blocks),
        24 => by::<Aes192Dec>(key, vector, blocks),
        _ => by::<Aes256Dec>(key, vector, blocks),
    };
    done.map_err(|InvalidLength| UNREADABLE)
}

fn word(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    four.map(|four| u32::from_le_bytes(*four)).ok_or(UNREADABLE)
}
