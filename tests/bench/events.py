"""Reads generated exports of many megabytes with `kmsrules events` and measures memory and speed; fails where memory grows with the file.

events.py KMSRULES [MEGABYTES]
"""
from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from typing import BinaryIO

MEMORY_LIMIT = 64  # MB
SYSTEM = ("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP' Guid='{{E23B33B0-C8C9-472C-A5F9-F2BDFEA0F156}}'/>"
          "<EventID Qualifiers='16384'>12290</EventID><Version>0</Version><Level>4</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords>"
          "<TimeCreated SystemTime='2024-05-06T07:08:09.0000000Z'/><EventRecordID>{number}</EventRecordID><Correlation/><Execution ProcessID='0' ThreadID='0'/>"
          "<Channel>Key Management Service</Channel><Computer>kms01.contoso.example</Computer><Security/></System>")
FORMS = {
    "xml": ("<Events>\n", SYSTEM + "<EventData><Data></Data><Data>0x0</Data><Data>25</Data><Data>pc{client:05}.contoso.example</Data><Data>{id}</Data><Data>{time}</Data><Data>0</Data>"
            "<Data>1</Data><Data>249120</Data><Data>{id}</Data></EventData></Event>\n", "</Events>\n"),
    "csv": ('"TimeCreated","Id","Message"\r\n', '"06.05.2024 09:08:09","12290","An activation request has been processed.\r\nInfo:\r\n0x0,25,pc{client:05}.contoso.example,{id},{time},0,1,249120,{id}"\r\n', ""),
}


def write_export(out: BinaryIO, form: str, size: int) -> int:
    """How many events."""
    start, event, end = FORMS[form]
    done, number = out.write(start.encode()), 0
    while done < size:
        part = []
        for _ in range(1000):
            number += 1
            client = number % 5000
            part.append(event.format(number=number, client=client, id=f"{client:08x}-0000-4000-8000-{client:012x}",
                                     time=f"2024/{number // 40000 % 12 + 1}/{number % 28 + 1} {number % 24}:{number % 60:02}"))
        done += out.write("".join(part).encode())
    out.write(end.encode())
    return number


def main() -> int:
    program, size = sys.argv[1], int(sys.argv[2] if len(sys.argv) > 2 else 500) * 1000000
    is_good = True
    for form in FORMS:
        with tempfile.NamedTemporaryFile(prefix="kmsrules-events-", suffix="." + form) as file:
            count = write_export(file, form, size)
            file.flush()
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([program, "events", "--format", "csv", "-o", os.devnull, file.name], stderr=subprocess.DEVNULL, check=False)
            listed = resource.getrusage(resource.RUSAGE_CHILDREN)
            quiet = subprocess.run([program, "events", "-q", file.name], stderr=subprocess.DEVNULL, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            megabytes = after.ru_maxrss / 1024
            seconds = [b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in ((before, listed), (listed, after))]
            print(f"{form}: {count} events, {size / 1e6:.0f} MB: {size / 1e6 / seconds[1]:.0f} MB/s read, {size / 1e6 / seconds[0]:.0f} MB/s listed as CSV (CPU), at most {megabytes:.1f} MB of memory")
            is_good &= done.returncode == 0 and quiet.returncode == 0 and megabytes < MEMORY_LIMIT
    return 0 if is_good else 1


sys.exit(main())
