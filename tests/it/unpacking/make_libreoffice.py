"""Saves plain.xlsx as standard_libreoffice.xlsx, locked by LibreOffice: `/usr/bin/python3 make_libreoffice.py`
where libreoffice-calc and python3-uno are installed (7.4.7 was used). Its salt is another on every run.
"""

import pathlib
import subprocess
import tempfile
import time

import uno
from com.sun.star.beans import NamedValue, PropertyValue

PASSWORD = "kata-sandi-2026"
HERE = pathlib.Path(__file__).resolve().parent


def property(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


with tempfile.TemporaryDirectory() as profile:
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--accept=pipe,name=samples;urp;"]
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for attempt in range(60):
        try:
            context = resolver.resolve("uno:pipe,name=samples;urp;StarOffice.ComponentContext")
            break
        except Exception:
            time.sleep(1)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    book = desktop.loadComponentFromURL((HERE / "plain.xlsx").as_uri(), "_blank", 0, (property("Hidden", True),))
    # A plain Password is not used by this filter: it wants what the dialog makes of one.
    lock = [NamedValue("OOXPassword", PASSWORD), NamedValue("CryptoType", "Standard")]
    book.storeToURL(
        (HERE / "standard_libreoffice.xlsx").as_uri(),
        (
            property("FilterName", "Calc MS Excel 2007 XML"),
            property("EncryptionData", uno.Any("[]com.sun.star.beans.NamedValue", tuple(lock))),
        ),
    )
    book.close(True)
    try:
        desktop.terminate()
    except Exception:
        pass
    office.wait(60)
