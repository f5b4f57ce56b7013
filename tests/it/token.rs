//! Bearer tokens for the test servers: JWT, signed by HMAC-SHA256.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// A token valid from and until so many seconds from now.
pub fn signed(user: &str, from: i64, until: i64, key: &[u8]) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a year");
    let now = i64::try_from(now.as_secs()).expect("a year");
    let claims = serde_json::json!({
        "sub": user, "scope": "mail", "iat": now + from, "nbf": now + from, "exp": now + until,
    });
    let signed = format!(
        "{}.{}",
        BASE64URL_NOPAD.encode(br#"{"typ":"JWT","alg":"HS256"}"#),
        BASE64URL_NOPAD.encode(claims.to_string().as_bytes())
    );
    let signature = BASE64URL_NOPAD.encode(&hmac_sha256(key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// RFC 2104 over SHA-256.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    let hashed = Sha256::digest(key);
    let key = if key.len() > block.len() {
        &hashed[..]
    } else {
        key
    };
    block[..key.len()].copy_from_slice(key);
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .to_vec()
}
