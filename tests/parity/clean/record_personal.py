#!/usr/bin/env python3
"""Records what datatrove's PIIFormatter makes of a list of texts: tests/data/clean/personal.json.

    /tmp/venv/bin/python tests/parity/clean/record_personal.py > tests/data/clean/personal.json   (see record.py)
"""
import json
import platform
import sys
from importlib.metadata import version

from datatrove.pipeline.formatters.pii import PIIFormatter

TEXTS = [
    "Write to john.doe@mail.example.org, or to JANE+news@Sub-Domain.co.uk.",
    "email@example@example.com and .plain@host.net and two..dots@host.net and -dash@host.net",
    "user@localhost user@[127.0.0.1] user@[8.8.8.8] user@host..net user@-host.net user@host-.net user@host.c",
    "\"quoted string\"@host.net (a@b.cd) <a@b.cd> a@b.cd; a@b.cd: 'a@b.cd' /a@b.cd/ {a@b.cd}",
    "größe@host.net über.ä@host.de 水a@b.cd水 _under_@host.net x@y.z1",
    "a" * 70 + "@host.net a@" + "b" * 70 + ".net @@@ a@b@c.de@f.gh",
    "8.8.8.8 10.0.0.1 192.168.1.1 127.0.0.1 172.16.0.1 172.32.0.1 169.254.1.1 100.64.0.1 100.128.0.1 0.1.2.3",
    "1.2.3.4.5 256.1.1.1 1.1.1.256 01.2.3.4 1.02.3.4 1.2.3 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1",
    "255.255.255.255 192.0.2.1 192.88.99.1 version 15.20.1.2 (93.184.216.34), http://93.184.216.34:80/ 0.0.0.0",
    "no personal data at all, @ and . and 1.2 and +",
]


def main():
    formatter = PIIFormatter(email_replacement="email@example.com", ip_replacement="192.0.2.1")
    json.dump({"datatrove": version("datatrove"), "python": platform.python_version(),
               "texts": [{"text": text, "hidden": formatter.format(text)} for text in TEXTS]},
              sys.stdout, ensure_ascii=False, indent=0)
    print()


main()
