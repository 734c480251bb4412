"""Text of one file → drafts: one small reader for each kind of file."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import yaml

from index.articles import pages, pasted, schema_org
from index.articles.fields import KEYS, Fault, clean, compose, name_fields, one_line, quote, unify
from index.types import Article

__all__ = ["READERS", "Draft"]

_TEXTS = {"headline", "outlet", "byline", "body"}
_MARKUP = re.compile(r"</(?:p|div|h[1-6]|li|blockquote)>|<(?:p|br)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_FRONT = re.compile(r"\A\s*^---[ \t]*\n(?P<yaml>.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)


class Draft(NamedTuple):
    """What a file says of one article, unchecked.

    Attributes:
        fields: Values by field.
        lines: 1-based lines by field, where known.
        line: 1-based line of the whole article, where known.
        item: 1-based place among the items of an array, where it stands in one.
    """

    fields: Mapping[str, object]
    lines: Mapping[str, int] = MappingProxyType({})
    line: int | None = None
    item: int | None = None

    def find_line(self, field: str | None) -> int | None:
        """Return the line of `field`, or else of the whole article, where known."""
        return self.lines.get(field or "", self.line)

    def compose(self, stem: str) -> Article:
        """Return the article, checked; its id is `stem` where it has none.

        Raises:
            Fault: Something in it is wrong, with where it stands.
        """
        try:
            return compose(self.fields, stem)
        except Fault as fault:
            fault.line, fault.item = self.find_line(fault.field), self.item
            raise


def _read_markdown(text: str, stem: str) -> Iterator[Draft]:
    text = unify(text)
    front = _FRONT.match(text)
    if front is None:
        reason = "missing; begin with front matter: a line ---, the fields, a line ---"
        raise Fault(reason, "headline", line=1)
    values, lines = _parse_front(front["yaml"], text.count("\n", 0, front.start("yaml")))
    body = _unescape(text[front.end() :])
    yield Draft({"id": stem, **name_fields(values), "body": body}, lines)


def _parse_front(text: str, above: int) -> tuple[dict[str, object], dict[str, int]]:
    """Return values by key and lines by field; `above` lines of the file come before `text`.

    Values stay as they are written: 007 is not seven and `Yes` not true.
    """
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise _locate(error, text, above) from None
    if not isinstance(top, yaml.MappingNode | None):
        raise Fault("not front matter; write it as lines like `headline: …`", line=above + 1)
    pairs = [] if top is None else top.value
    lines = {str(key.value): above + 1 + _row(text, key.start_mark.index) for key, _ in pairs}
    by_field = {KEYS[key]: lines[key] for key in reversed(KEYS) if key in lines}
    return {str(key.value): _plain(value) for key, value in pairs}, by_field


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else node.value
    return [part.value for part in node.value] if isinstance(node, yaml.SequenceNode) else {}


def _locate(error: Exception, text: str, above: int) -> Fault:
    """Say in which line the YAML is broken, and how."""
    at, problem = 0, "it cannot be parsed"
    if isinstance(error, yaml.MarkedYAMLError):
        scanned = error.context_mark if "quoted scalar" in (error.context or "") else None
        mark = scanned or error.problem_mark
        at, problem = mark.index if mark else 0, error.problem or problem
    elif isinstance(error, yaml.reader.ReaderError):
        at, problem = error.position, error.reason
    row = min(_row(text, at), text.count("\n"))
    key = text.split("\n")[row].partition(":")[0].strip()
    reason = f"not YAML: {one_line(problem)}; put quotes around the value"
    return Fault(reason, KEYS.get(key), line=above + 1 + row)


def _row(text: str, at: int) -> int:
    return text.count("\n", 0, at)


def _read_pasted(text: str, stem: str) -> Iterator[Draft]:
    headline, body = pasted.recognise(clean(text))
    yield Draft({"id": stem, "headline": headline or stem, "body": body})


def _read_page(text: str, stem: str) -> Iterator[Draft]:
    yield Draft(name_fields(pages.extract(text, stem)))


def _read_json(text: str, stem: str) -> Iterator[Draft | Fault]:
    found = _parse_json(text)
    if not isinstance(found, list):
        yield _draft_of(found)
    elif not found:
        yield Fault("the array is empty; put an object for each article into it", "body")
    else:
        for number, item in enumerate(found, 1):
            yield _draft_of(item, item=number)


def _read_json_lines(text: str, stem: str) -> Iterator[Draft | Fault]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _draft_of(_parse_json(line), line=number)
            except Fault as fault:
                yield Fault(fault.reason, line=number)


def _draft_of(found: object, *, line: int | None = None, item: int | None = None) -> Draft | Fault:
    if not isinstance(found, dict):
        reason = f'not an object: {quote(found)}; write it like {{"headline": …}}'
        return Fault(reason, line=line, item=item)
    named = schema_org.flatten(found) if schema_org.is_article(found) else found
    try:
        return Draft(_strip_markup(name_fields(named)), line=line, item=item)
    except Fault as fault:
        return Fault(fault.reason, fault.field, line=line, item=item)


def _strip_markup(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields as text where an export has them as HTML.

    Raises:
        Fault: The body is HTML without text.
    """
    plain = dict(fields)
    for name in _TEXTS & fields.keys():
        value = fields[name]
        if isinstance(value, str):
            is_html = name == "body" and _MARKUP.search(value)
            plain[name] = pages.extract_text(value) if is_html else _unescape(value)
    return plain


def _unescape(text: str) -> str:
    """Return a text with the characters that its HTML entities stand for, as exports have them."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _parse_json(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Fault(f"not JSON: {error.msg}; correct it there", line=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise Fault(f"not JSON that can be read: {one_line(str(error))}; simplify it") from None


READERS: Mapping[str, Callable[[str, str], Iterable[Draft | Fault]]] = MappingProxyType(
    {
        ".md": _read_markdown,
        ".txt": _read_pasted,
        ".html": _read_page,
        ".htm": _read_page,
        ".json": _read_json,
        ".jsonl": _read_json_lines,
    }
)
"""By the ending of a file, in lower case: what makes of its text, and of its name without the
ending, a draft for each article, or what is wrong; it raises `Fault` where none can be read."""
