"""Read the platform's XML as plain objects, without document types, entities or surprises, and write ours.

`<xml><A>1</A><List><T>x</T></List><List><T>y</T></List></xml>` reads as `{"A": "1", "List": [{"T": "x"}, {"T": "y"}]}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # entities and document types are refused below; nothing external is ever read
from xml.sax.saxutils import escape

from channels.contract import Json, PayloadMalformed

MAX_BYTES = 1024 * 1024
_DEEPEST, _MOST_ELEMENTS = 12, 20_000
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class _Element:
    children: Json = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def value(self) -> Any:
        return self.children or "".join(self.words)


def read_xml(raw: bytes) -> Json:
    """Return the children of the root element. Characters that XML has not, which customers do type, become U+FFFD.

    Raises PayloadMalformed for anything that is no XML object, too large, too deep, or declares a document type.
    """
    if len(raw) > MAX_BYTES:
        raise PayloadMalformed("the body is too large")
    said = _FORBIDDEN.sub("\ufffd", raw.decode("utf-8-sig", "replace"))
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(said.encode(), True)
    except expat.ExpatError as error:
        raise PayloadMalformed("the body is no XML") from error
    return reader.root.children


class _Reader:
    """Builds objects from expat's events; `root` holds the children of the outermost element."""

    def __init__(self) -> None:
        self.root = _Element()
        self._open: list[_Element] = []
        self._count = 0

    def refuse(self, *_declaration: object) -> None:
        raise PayloadMalformed("the body declares a document type")

    def start(self, _name: str, _attributes: object) -> None:
        self._count += 1
        if len(self._open) >= _DEEPEST or self._count > _MOST_ELEMENTS:
            raise PayloadMalformed("the body is nested too deep, or has too many parts")
        self._open.append(_Element() if self._open else self.root)

    def end(self, name: str) -> None:
        done = self._open.pop()
        if self._open:
            _add(self._open[-1].children, name, done.value())

    def text(self, words: str) -> None:
        self._open[-1].words.append(words)


def _add(children: Json, name: str, value: Any) -> None:
    known = children.get(name)
    if known is None:
        children[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        children[name] = [known, value]


def records(value: object) -> list[Json]:
    """Return the objects under a repeated element: one of them is no list, neither in XML nor in the platform's JSON."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def written(fields: Mapping[str, Any]) -> str:
    """Return the XML of an object: texts as CDATA, whole numbers bare, lists as repeated `item` elements."""
    return "<xml>" + _elements(fields) + "</xml>"


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(f"<{escape(name)}>{_content(value)}</{escape(name)}>" for name, value in fields.items())


def _content(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, list):
        return "".join(f"<item>{_content(item)}</item>" for item in value)
    if isinstance(value, int):
        return str(value)
    said = _FORBIDDEN.sub("\ufffd", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{said}]]>"
