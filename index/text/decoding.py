"""Bytes of a page or feed → text, in the encoding that a browser would choose."""

from __future__ import annotations

from chardetng_py import detect
from w3lib.encoding import html_to_unicode, http_content_type_encoding, read_bom

__all__ = ["decode", "guess"]


def decode(data: bytes, content_type: str = "") -> str:
    """Return the text: by its BOM, else as the header says, else as the page itself says.

    Where none of them says it, it is UTF-8 if it can be, and otherwise what it looks like. What
    cannot be decoded becomes U+FFFD.

    Args:
        data: The page or feed.
        content_type: The header `Content-Type` that came with it, or "".

    Source: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
    """
    encoding, text = html_to_unicode(content_type or None, data, auto_detect_fun=guess)
    said = read_bom(data)[0] or http_content_type_encoding(content_type or None)
    if not said and encoding.startswith(("utf-16", "utf-32")):  # then it could not have said so
        return data.decode("utf-8", "replace")
    return text


def guess(data: bytes) -> str:
    """Return the encoding that text looks to be in; UTF-8 where it can be.

    Source: https://github.com/hsivonen/chardetng, which is how Firefox guesses.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return str(detect(data))
    return "utf-8"
