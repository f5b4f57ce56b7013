"""Makes the locked workbooks beside it: a biller's sheet of three rows, locked in the ways that Office has.

    pip install openpyxl msoffcrypto-tool     # 3.1.5 and 6.1.0 were used
    python3 make.py

`lock_agile` and `lock_standard` are written from MS-OFFCRYPTO (2.3.4.4 to 2.3.4.15) alone. What they lock,
msoffcrypto-tool opens again, but for fields that end within a block (SHA-1, AES-192): it takes their
filling for content. Salts and keys come from the file's name, so that each run makes the same bytes;
agile_other_letters.xlsx, which msoffcrypto-tool locks, has others each time.
"""

import base64
import datetime
import hashlib
import hmac
import io
import pathlib
import re
import struct
import zipfile

import msoffcrypto
import msoffcrypto.method.container.ecma376_encrypted as written
import openpyxl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "kata-sandi-2026"
# With which Excel locks a workbook that only may not be changed; it opens such a one unasked.
PROTECTED = "VelvetSweatshop"
OTHER = "Kåta sandi 密 🔒 2026"
ROWS = [
    ("billerReference", "customerNumber", "paidAt", "amount", "fee"),
    ("PLN-20260901-0001", "530000000011", "2026-09-01 06:01:12", 42000, 2500),
    ("PLN-20260901-0002", "530000000022", "2026-09-01 12:02:12", 132500, 2500),
    ("PDAM-20260901-0003", "880000000033", "2026-09-01 19:03:12", 57500, 1750),
]
URI = "http://schemas.microsoft.com/office/2006/"


def workbook():
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    # openpyxl stamps the time of saving into its archive and its properties.
    out = io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-09-02T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2026, 9, 2, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def randoms(seed):
    """Bytes that look random and are the same every time."""
    count = 0
    while True:
        yield hashlib.sha512(f"{seed} {count}".encode()).digest()
        count += 1


def cut(source, size):
    return (next(source) + next(source))[:size]


def aes(key, data, iv=None):
    data += bytes(-len(data) % 16)
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv) if iv else modes.ECB()).encryptor()
    return cipher.update(data) + cipher.finalize()


def fit(data, size):
    return data[:size].ljust(size, b"\x36")


def spun(name, salt, password, spins):
    last = hashlib.new(name, salt + password.encode("utf-16-le")).digest()
    for number in range(spins):
        last = hashlib.new(name, struct.pack("<I", number) + last).digest()
    return last


def lock_agile(book, password, lock=("sha512", 256), content=("sha512", 256), spins=100_000, seed="", behind=b"", lock_salt=16, content_salt=16):
    """EncryptionInfo and EncryptedPackage, for a hash and a key size for each of lock and content."""
    source = randoms(seed)
    (lock_hash, lock_bits), (hash_name, bits) = lock, content
    size = hashlib.new(hash_name).digest_size
    salt, inner_salt, key = cut(source, lock_salt), cut(source, content_salt), cut(source, bits // 8)
    verifier, seal_key = cut(source, lock_salt), cut(source, size)

    last = spun(lock_hash, salt, password, spins)

    def locked(purpose, data):
        one = hashlib.new(lock_hash, last + bytes.fromhex(purpose)).digest()
        return aes(fit(one, lock_bits // 8), data, fit(salt, 16))

    def vector(purpose):
        return fit(hashlib.new(hash_name, inner_salt + purpose).digest(), 16)

    segments = [
        aes(key, book[at : at + 4096], vector(struct.pack("<I", at // 4096))) for at in range(0, len(book), 4096)
    ]
    package = b"".join([struct.pack("<Q", len(book)), *segments, behind])
    seal = hmac.new(seal_key, package, hash_name).digest()

    def attributes(name, key_bits, its_salt, **more):
        digest = hashlib.new(name).digest_size
        fields = {
            "saltSize": len(its_salt), "blockSize": 16, "keyBits": key_bits, "hashSize": digest,
            "cipherAlgorithm": "AES", "cipherChaining": "ChainingModeCBC", "hashAlgorithm": name.upper(),
            "saltValue": its_salt, **more,
        }
        return " ".join(
            f'{field}="{base64.b64encode(value).decode() if isinstance(value, bytes) else value}"'
            for field, value in fields.items()
        )

    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<encryption xmlns="{URI}encryption" xmlns:p="{URI}keyEncryptor/password">'
        f"<keyData {attributes(hash_name, bits, inner_salt)}/>"
        f'<dataIntegrity encryptedHmacKey="{base64.b64encode(aes(key, seal_key, vector(bytes.fromhex("5fb2ad010cb9e1f6")))).decode()}"'
        f' encryptedHmacValue="{base64.b64encode(aes(key, seal, vector(bytes.fromhex("a0677f02b22c8433")))).decode()}"/>'
        f'<keyEncryptors><keyEncryptor uri="{URI}keyEncryptor/password"><p:encryptedKey spinCount="{spins}" '
        + attributes(
            lock_hash, lock_bits, salt,
            encryptedVerifierHashInput=locked("fea7d2763b4b9e79", verifier),
            encryptedVerifierHashValue=locked("d7aa0f6d3061344e", hashlib.new(lock_hash, verifier).digest()),
            encryptedKeyValue=locked("146e0be7abacd0d6", key),
        )
        + "/></keyEncryptor></keyEncryptors></encryption>"
    )
    return struct.pack("<HHI", 4, 4, 0x40) + xml.encode(), package


def lock_standard(book, password, bits=128, version=(4, 2), seed="", behind=b""):
    source = randoms(seed)
    salt, verifier = cut(source, 16), cut(source, 16)
    last = hashlib.sha1(spun("sha1", salt, password, 50_000) + bytes(4)).digest()

    def half(constant):
        return hashlib.sha1(bytes(byte ^ constant for byte in last.ljust(64, b"\0"))).digest()

    key = (half(0x36) + half(0x5C))[: bits // 8]
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    algorithm = {128: 0x660E, 192: 0x660F, 256: 0x6610}[bits]
    header = struct.pack("<8I", 0x24, 0, algorithm, 0x8004, bits, 0x18, 0, 0) + provider
    info = struct.pack("<HHII", *version, 0x24, len(header)) + header
    info += struct.pack("<I", 16) + salt + aes(key, verifier)
    info += struct.pack("<I", 20) + aes(key, hashlib.sha1(verifier).digest())
    return info, struct.pack("<Q", len(book)) + aes(key, book) + behind


class Then(datetime.datetime):
    """The container's clock."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 9, 2)


def container(info, package):
    out = io.BytesIO()
    written.datetime = Then
    written.ECMA376Encrypted(package, info).write_to(out)
    return out.getvalue()


def opened(locked, password):
    file, out = msoffcrypto.OfficeFile(io.BytesIO(locked)), io.BytesIO()
    file.load_key(password=password, verify_password=True)
    file.decrypt(out)
    return out.getvalue()


def main():
    book = workbook()
    (HERE / "plain.xlsx").write_bytes(book)
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(book)).encrypt(OTHER, out)
    made = {"agile_other_letters.xlsx": (out.getvalue(), OTHER)}
    for name, options in {
        "agile_sha1_aes128.xlsx": {"lock": ("sha1", 128), "content": ("sha1", 128)},
        "agile_sha256_aes192.xlsx": {"lock": ("sha256", 192), "content": ("sha256", 192)},
        "agile_sha384_aes256.xlsx": {"lock": ("sha384", 256), "content": ("sha384", 256)},
        "agile_relocked.xlsx": {"lock": ("sha512", 256), "content": ("sha1", 128)},
    }.items():
        made[name] = container(*lock_agile(book, PASSWORD, seed=name, **options)), PASSWORD
    for name, bits in [("standard_aes128.xlsx", 128), ("standard_aes256.xlsx", 256)]:
        made[name] = container(*lock_standard(book, PASSWORD, bits, seed=name)), PASSWORD
    name = "protected.xlsx"
    made[name] = container(*lock_agile(book, PROTECTED, seed=name)), PROTECTED
    for name, (locked, password) in made.items():
        (HERE / name).write_bytes(locked)
        try:
            again = "opened again by msoffcrypto-tool" if opened(locked, password) == book else "OTHER BYTES"
        except Exception as fault:
            again = f"msoffcrypto-tool: {fault!r}"
        print(f"{name}: {len(locked)} bytes, {again}")


if __name__ == "__main__":
    main()
