"""Reads documents of Atom with feedparser, and validates them with lxml: run by test_atom_readers.py."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import feedparser
from lxml import etree

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
NAMES = {"a": "http://www.w3.org/2005/Atom"}
# What appendix B of RFC 4287 says beside the grammar.
RULES = {
    "an author": "a:author or not(a:entry[not(a:author or a:source/a:author)])",
    "content or an alternate": "not(a:entry[not(a:content or a:link[@rel='alternate' or not(@rel)])])",
}


def faults(document: bytes) -> list[str]:
    """Returns what a validator has against a document."""
    root = etree.fromstring(document)
    SCHEMA.validate(root)
    said = [f"line {one.line}: {one.message}" for one in SCHEMA.error_log]
    return said + [name for name, rule in RULES.items() if not root.xpath(rule, namespaces=NAMES)]


def read(document: bytes) -> dict[str, Any]:
    """Returns what feedparser understands of a document."""
    found = feedparser.parse(document)
    feed = found.feed
    return {
        "version": found.version,
        "malformed": bool(found.bozo),
        "title": feed.title,
        "author": feed.author,
        "links": {one.rel: one.href for one in feed.links},
        "archive": "fh_archive" in feed,
        "ids": [one.id for one in found.entries],
        "dated": all(one.updated_parsed for one in found.entries),
        "events": [json.loads(one.content[0].value) for one in found.entries],
        "types": sorted({one.content[0].type for one in found.entries}),
    }


def main() -> None:
    """Prints what the task that is asked for tells of each document."""
    task = {"faults": faults, "read": read}[sys.argv[1]]
    documents = [base64.b64decode(one) for one in json.load(sys.stdin)]
    print(json.dumps([task(one) for one in documents]))


main()
