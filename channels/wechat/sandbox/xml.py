"""The platform's XML: pushes as it writes them, and the answers of a business as it reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

Json = dict[str, Any]


class NotXml(ValueError):
    """The answer is no XML object."""


def write(fields: Mapping[str, Any]) -> str:
    """Return `<xml>…</xml>`: texts as CDATA, numbers bare, a list as that element again and again."""
    return f"<xml>{_members(fields)}</xml>"


def _members(fields: Mapping[str, Any]) -> str:
    parts = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            parts.append(f"<{name}>{_content(one)}</{name}>")  # noqa: PERF401 - two loops read better than their comprehension
    return "".join(parts)


def _content(value: Any) -> str:
    if isinstance(value, Mapping):
        return _members(value)
    if isinstance(value, int | float):
        return str(value)
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def read(raw: bytes) -> Json:
    """Return the members of the root, repeated ones as a list. Raises NotXml."""
    if b"<!DOCTYPE" in raw:
        raise NotXml("declares a document type")
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 - no document type gets this far, and the answer is the business's own
    except ElementTree.ParseError as error:
        raise NotXml(str(error)) from error
    found = _value(root)
    if root.tag != "xml" or not isinstance(found, dict):
        raise NotXml("the root is not <xml>")
    return found


def _value(element: ElementTree.Element) -> Any:
    if not len(element):
        return element.text or ""
    members: Json = {}
    for child in element:
        value = _value(child)
        if child.tag in members:
            known = members[child.tag]
            members[child.tag] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            members[child.tag] = value
    return members
