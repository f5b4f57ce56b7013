"""Writes the mails of tests/it/mails/kinds, one per way in which a report can travel, and the locked
workbooks of tests/it/unpacking.

Run once, by hand: `pip install openpyxl pyzipper msoffcrypto-tool`, Info-ZIP's `zip` on the path,
then `python3 make.py`. Locked files get new salts on every run, so their expectations change, too.
The password of everything locked is PASSWORD.
"""

import base64
import datetime
import gzip
import io
import os
import pathlib
import quopri
import struct
import subprocess
import tempfile
import zipfile
import zlib

import openpyxl
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.ecma376_agile import ECMA376Agile

PASSWORD = "kata-sandi-2026"
HERE = pathlib.Path(__file__).parent / "kinds"
LOCKED = pathlib.Path(__file__).parent.parent / "unpacking"
FIRST = datetime.date(2026, 9, 1)
HEADER = (
    "merchantId,tid,mid,batchNumber,referenceNumber,merchantInvoice,transactionDate,"
    "messageType,processingCode,responseCode,amount,fee,netAmount"
)


def rows(day):
    for number, (hour, amount, fee) in enumerate([(6, 42000, 699), (12, 132500, 2207), (19, 57500, 958)], 1):
        yield [
            "SGR-DAGO", "80000012", "000000012345602", f"{day:%y%m%d}", f"{number:06}",
            f"INV-{day:%Y%m%d}-{number:04}", f"{day} {hour:02}:0{number}:12",
            "0200", "040000", "00", str(amount), str(fee), str(amount - fee),
        ]


def csv(day, preamble=""):
    lines = ([preamble] if preamble else []) + [HEADER] + [",".join(row) for row in rows(day)]
    return "".join(line + "\r\n" for line in lines)


def xlsx(day):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Settlement"
    sheet.append(HEADER.split(","))
    for row in rows(day):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def locked_xlsx(day):
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx(day))).encrypt(PASSWORD, out)
    return out.getvalue()


def locked_in_mini_stream(data):
    """What is shorter than 4096 bytes lives in 64-byte sectors (MS-CFB); the library's own container is wrong there."""
    info, key = ECMA376Agile.generate_encryption_parameters(PASSWORD)
    package = ECMA376Agile.encrypt_payload(io.BytesIO(data), info.encryptedKey, key, info.keyData.saltValue)
    streams = [ECMA376Agile.get_encryption_information(info, package, key), package]
    mini, mini_fat, starts = b"", [], []
    for stream in streams:
        assert len(stream) < 4096
        starts.append(len(mini_fat))
        count = -(-len(stream) // 64)
        mini_fat += list(range(len(mini_fat) + 1, len(mini_fat) + count)) + [0xFFFFFFFE]
        mini += stream.ljust(count * 64, b"\0")

    def sectors(content):
        return content.ljust(-(-len(content) // 512) * 512, b"\0")

    def entry(name, kind, links, start, size):
        name = name.encode("utf-16-le")
        return (name.ljust(64, b"\0") + struct.pack("<HBB3I", len(name) + 2, kind, 1, *links) + bytes(36)
                + struct.pack("<IQ", start, size))

    none = 0xFFFFFFFF
    table = sectors(struct.pack(f"<{len(mini_fat)}I", *mini_fat))
    first = 1 + len(table) // 512
    directory = (entry("Root Entry", 5, (none, none, 1), first, len(mini))
                 + entry("EncryptionInfo", 2, (none, 2, none), starts[0], len(streams[0]))
                 + entry("EncryptedPackage", 2, (none, none, none), starts[1], len(streams[1])) + bytes(128))
    body = directory + table + sectors(mini)
    fat, at = [], 0
    for content in (directory, table, sectors(mini)):
        count = len(content) // 512
        fat += list(range(at + 1, at + count)) + [0xFFFFFFFE]
        at += count
    fat = (fat + [0xFFFFFFFD]) + [none] * (127 - len(fat))
    header = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0)
              + struct.pack("<10I", 0, 0, 1, 0, 0, 4096, 1, len(table) // 512, 0xFFFFFFFE, 0)
              + struct.pack("<109I", at, *[none] * 108))
    return header + body + struct.pack("<128I", *fat)


def png():
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (2).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0" + b"\x40\x20\x80" * 2 + b"\0" + b"\x40\x20\x80" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 9, 1, 8, 0, 0)), data)
    return out.getvalue()


def zip_aes(name, data):
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.writestr(name, data)
    return out.getvalue()


def zip_crypto(name, data):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / name).write_bytes(data)
        subprocess.run(["zip", "-q", "-X", "-P", PASSWORD, "out.zip", name], cwd=folder, check=True)
        return (pathlib.Path(folder) / "out.zip").read_bytes()


def b64(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def part(headers, body):
    """A part as it is sent; `body` is bytes in the encoding that `headers` name."""
    return headers.replace("\n", "\r\n").encode("utf-8") + b"\r\n\r\n" + body


def attached(name, data, media="text/csv", disposition="attachment"):
    named = f'; filename="{name}"' if name else ""
    return part(
        f"Content-Type: {media}\nContent-Transfer-Encoding: base64\nContent-Disposition: {disposition}{named}",
        b64(data),
    )


def text(words="Terlampir laporan settlement."):
    return part("Content-Type: text/plain; charset=utf-8", words.encode() + b"\r\n")


def multipart(boundary, *parts):
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + part.removesuffix(b"\r\n") + b"\r\n" for part in parts)
    return inner + b"--" + boundary.encode() + b"--\r\n"


def mixed(*parts, kind="mixed", extra=""):
    boundary = "=_batas_luar"
    return part(f'Content-Type: multipart/{kind}; boundary="{boundary}"{extra}', multipart(boundary, *parts))


def forwarded(inner):
    return part("Content-Type: message/rfc822\nContent-Disposition: inline", inner)


def inner_mail(day, subject, content):
    return (
        f"From: Bagian Laporan <laporan@partner.example>\r\nTo: ovo@ovo.example\r\nSubject: {subject}\r\n"
        f"Date: {stamp(day)}\r\nMessage-ID: <{day:%Y%m%d}.dalam@partner.example>\r\nMIME-Version: 1.0\r\n"
    ).encode() + content


def stamp(day):
    after = day + datetime.timedelta(days=1)
    return f"{after:%a, %d %b %Y} 08:05:00 +0700"


def mail(day, content):
    head = (
        "Authentication-Results: mx.merchant.example; dkim=pass header.d=ovo.example\r\n"
        "From: OVO Reports <reports@ovo.example>\r\n"
        "To: Settlements <settlements@merchant.example>\r\n"
        f"Subject: OVO settlement {day}\r\n"
        f"Date: {stamp(day)}\r\n"
        f"Message-ID: <settlement.{day:%Y%m%d}@ovo.example>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    return head.encode() + content


def plain(day, name):
    return mixed(text(), attached(name, csv(day).encode()))


def inline(day, name):
    return mixed(text(), attached(name, csv(day).encode(), disposition="inline"), text("Terima kasih."))


def unnamed(day, name):
    return mixed(text(), attached("", csv(day).encode(), "application/octet-stream", "attachment"))


def rfc2231_name(day, name):
    # The dash is cut between two pieces; only the first names the charset.
    return mixed(text(), part(
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment;\n filename*0*=utf-8'id'ovo_settlement_%E2%80;\n"
        f" filename*1*=%93_{day:%Y%m%d};\n filename*2=\".csv\"",
        b64(csv(day).encode()),
    ))


def rfc2047_name(day, name):
    first = base64.b64encode(f"ovo_settlement_{day:%Y%m%d}_caf".encode()).decode()
    return mixed(text(), part(
        f'Content-Type: text/csv; name="=?utf-8?B?{first}?=\n =?iso-8859-1?Q?=E9_Dago.csv?="\n'
        "Content-Transfer-Encoding: base64\nContent-Disposition: attachment",
        b64(csv(day).encode()),
    ))


def forwarded_once(day, name):
    inner = plain(day, name).replace(b"=_batas_luar", b"=_batas_dalam")
    return mixed(text("FYI"), forwarded(inner_mail(day, "Laporan", inner)))


def forwarded_twice(day, name):
    whole = part(
        f'Content-Type: text/csv; name="{name}"\nContent-Transfer-Encoding: quoted-printable',
        quopri.encodestring(csv(day).encode().replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n"),
    )
    second = inner_mail(day, "Fwd: Laporan", forwarded(inner_mail(day, "Laporan", whole)))
    return mixed(text("FYI"), forwarded(second))


def forwarded_as_file(day, name):
    inner = inner_mail(day, "Laporan", plain(day, name).replace(b"=_batas_luar", b"=_batas_dalam"))
    return mixed(text(), attached("Laporan.eml", inner, "application/octet-stream"))


def in_zip(day, name):
    members = [("laporan/", b""), ("laporan/" + name, csv(day).encode()), ("__MACOSX/laporan/._" + name, b"\0\5\x16\7"),
               ("laporan/.DS_Store", b"\0\0\0\1Bud1"), ("laporan/petunjuk.pdf", b"%PDF-1.4\n%\xe2\xe3\n")]
    return mixed(text(), attached(name.replace(".csv", ".zip"), zipped(members), "application/zip"))


def in_gz(day, name):
    return mixed(text(), attached(name + ".gz", gzip.compress(csv(day).encode(), mtime=0), "application/gzip"))


def gz_in_zip(day, name):
    packed = gzip.compress(csv(day).encode(), mtime=0)
    return mixed(text(), attached("kiriman.zip", zipped([(name + ".gz", packed)]), "application/x-zip-compressed"))


def in_zip_aes(day, name):
    return mixed(text(), attached("terkunci.zip", zip_aes(name, csv(day).encode()), "application/zip"))


def in_zip_crypto(day, name):
    return mixed(text(), attached("terkunci.zip", zip_crypto(name, csv(day).encode()), "application/zip"))


OOXML = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_locked(day, name):
    return mixed(text(), attached(name.replace(".csv", ".xlsx"), locked_xlsx(day), OOXML))


def xlsx_odd_name(day, name):
    return mixed(text(), attached(name.replace(".csv", ".dat"), xlsx(day), "application/octet-stream"))


def xlsx_as_picture(day, name):
    return mixed(text(), attached("", xlsx(day), "image/png", "inline"))


def logo_and_csv(day, name):
    page = part('Content-Type: text/html; charset=utf-8', b'<p>Terlampir.</p><img src="cid:logo">\r\n')
    logo = part(
        'Content-Type: image/png; name="logo.png"\nContent-Transfer-Encoding: base64\n'
        'Content-ID: <logo>\nContent-Disposition: inline; filename="logo.png"', b64(png()))
    related = part('Content-Type: multipart/related; boundary="=_batas"', multipart("=_batas", page, logo))
    return mixed(related, attached(name, csv(day).encode()))


def alternative(day, name):
    # One boundary begins like the other.
    both = part('Content-Type: multipart/alternative; boundary="=_batas_luar_2"', multipart(
        "=_batas_luar_2", text(), part("Content-Type: text/html", b"<p>Terlampir laporan settlement.</p>\r\n")))
    return mixed(both, attached(name, csv(day).encode()))


def quoted_printable(day, name):
    body = quopri.encodestring(csv(day, "Merchant,Toko Café Sagara").encode().replace(b"\r\n", b"\n"))
    return mixed(text(), part(
        f'Content-Type: text/csv; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n'
        f'Content-Disposition: attachment; filename="{name}"', body.replace(b"\n", b"\r\n")))


def eight_bit_latin1(day, name):
    return mixed(text(), part(
        f'Content-Type: text/csv; charset=iso-8859-1; name="{name}"\nContent-Transfer-Encoding: 8bit\n'
        f'Content-Disposition: attachment; filename="{name}"',
        csv(day, "Merchant,Toko Café Sagara").encode("iso-8859-1")))


def shouted(day, name):
    return mixed(text(), part(
        f'CONTENT-TYPE: TEXT/CSV; CHARSET="X-TIDAK-DIKENAL"; NAME={name}\n'
        "CONTENT-TRANSFER-ENCODING: BASE64 (as always)\nCONTENT-DISPOSITION: ATTACHMENT", b64(csv(day).encode())))


def broken_base64(day, name):
    body = bytearray(b64(csv(day).encode()))
    body[200:203] = b"\xc3\xa9!"
    return mixed(text(), part(
        f'Content-Type: text/csv\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="{name}"',
        bytes(body)))


def short_base64(day, name):
    body = b64(csv(day).encode())[:-80]
    while len(body.replace(b"\r\n", b"")) % 4 == 0:
        body = body[:-1]
    return mixed(text(), part(
        f'Content-Type: text/csv\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="{name}"',
        body + b"\r\n"))


def cut_off(day, name):
    whole = plain(day, name)
    return whole[: whole.rindex(b"\r\n--=_batas_luar--") - 78]


def only_the_report(day, name):
    return part(
        f'Content-Type: text/csv; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"', b64(csv(day).encode()))


def outlook(day, name):
    tnef = b"\x78\x9f\x3e\x22\x01\x00" + csv(day).encode()
    return mixed(text(), attached("winmail.dat", tnef, "application/ms-tnef"))


def uuencoded(day, name):
    import binascii
    data = csv(day).encode()
    lines = b"".join(binascii.b2a_uu(data[at:at + 45]) for at in range(0, len(data), 45))
    whole = b"begin 644 " + name.encode() + b"\n" + lines + b"`\nend\n"
    return part("Content-Type: text/plain", b"Terlampir.\r\n\r\n" + whole.replace(b"\n", b"\r\n"))


def signed(day, name):
    signature = attached("smime.p7s", b"\x30\x82\x01\x00not a real one", "application/pkcs7-signature")
    return mixed(mixed(text(), attached(name, csv(day).encode())).replace(b"=_batas_luar", b"=_batas_dalam"), signature,
                 kind="signed", extra='; protocol="application/pkcs7-signature"; micalg=sha-256')


def invitation(day, name):
    event = part('Content-Type: text/calendar; method=REQUEST; name="invite.ics"',
                 b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
    card = part('Content-Type: text/x-vcard; name="ovo.vcf"', b"BEGIN:VCARD\r\nFN:OVO\r\nEND:VCARD\r\n")
    return mixed(text(), event, attached(name, csv(day).encode(), "text/calendar"), card)


def hostile_name(day, name):
    return mixed(text(), attached(f"../..\\\\\u202e\x1b[2J/{name}", csv(day).encode()))


def two_reports(day, name):
    return mixed(text(), attached(name, csv(day).encode()), attached("biaya.pdf", b"%PDF-1.4\n", "application/pdf"),
                 attached(name.replace(".csv", "_rev2.csv"), csv(day, "Merchant,Toko Sagara").encode(), "text/plain"))


KINDS = [
    plain, inline, unnamed, rfc2231_name, rfc2047_name, forwarded_once, forwarded_twice, forwarded_as_file,
    in_zip, in_gz, gz_in_zip, in_zip_aes, in_zip_crypto, xlsx_locked, xlsx_odd_name, xlsx_as_picture,
    logo_and_csv, alternative, quoted_printable, eight_bit_latin1, shouted, only_the_report, signed,
    invitation, hostile_name, two_reports, outlook, uuencoded, broken_base64, short_base64, cut_off,
]

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for index, make in enumerate(KINDS):
        day = FIRST + datetime.timedelta(days=index)
        content = make(day, f"ovo_settlement_{day:%Y%m%d}.csv")
        (HERE / f"{make.__name__}.eml").write_bytes(mail(day, content))
    LOCKED.mkdir(exist_ok=True)
    (LOCKED / "locked.xlsx").write_bytes(locked_xlsx(FIRST))
    (LOCKED / "zipcrypto.zip").write_bytes(zip_crypto("a.csv", b"merchantId,amount\r\nSGR-DAGO,42000\r\n"))
    # Small enough for the mini stream of its container.
    tiny = zipped([("xl/workbook.xml", b"<workbook/>")])
    (LOCKED / "locked_tiny.xlsx").write_bytes(locked_in_mini_stream(tiny))
