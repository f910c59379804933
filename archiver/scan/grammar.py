r"""How payloads are written: the expressions the scanner and the fitter share.

Sources: RFC 2397 (data URIs), RFC 4648 (base64), RFC 2045 (base64 and
quoted-printable line breaks), RFC 8259 (JSON escapes).
"""

import re
from functools import lru_cache

from assetstore.patterns import later

# A quoted-printable soft line break may fall anywhere, even inside a head.
SOFT = later(rb"=[ \t]*\r?\n")

_SLASH = rb"(?:\\*/|%2[fF]|\\+(?:u00|x)2[fF]|&\#(?:47|[xX]2[fF]);|&sol;)"
_TYPES = {
    "image": rb"image",
    "any": rb"(?:image|audio|video|font|model|application(?=" + _SLASH + rb"(?:pdf|ogg|"
    rb"zip|wasm|octet-stream|(?:x-)?font-|font-|x-woff|vnd\.ms-fontobject|mp4)))",
}
_SUBTYPE = rb"(?:[a-z0-9.+\-_*]|\\+u002[bB]|%2[bB]|&\#(?:43|[xX]2[bB]);){1,80}"
_WORD = rb"[a-z0-9.+\-_*]{1,80}"
_PARAM = (
    rb"[ ]?;[ ]?(?!base64\s*,)[a-z0-9_.\-]{1,64}"
    rb"(?:(?:=|=3D|%3D|\\+u003d)(?:[^,;\"'\\\s<>()]{0,128}|\\*\"[^\"\\]{0,100}\\*\"))?"
)


@lru_cache(maxsize=4)
def head(media: str) -> re.Pattern[bytes]:
    """The head of a data URI, up to and with its comma.

    Args:
        media: "image" or "any".

    Returns:
        An expression with the groups ``mime`` (a type that is asked for), else
        ``odd`` (any other, or none: its bytes decide), and, when it is base64,
        ``b64``.
    """
    return re.compile(
        rb"data:(?:(?P<mime>" + _TYPES[media] + _SLASH + _SUBTYPE + rb")"
        rb"(?=[ ]?[;,])|(?P<odd>(?:" + _WORD + rb"(?:" + _SLASH + _SUBTYPE + rb")?)?"
        rb"(?=[ ]?;)))"
        rb"(?:" + _PARAM + rb"){0,16}(?P<b64>[ ]?;[ ]?base64)?[ ]?,(?(b64)[ ]{0,4}|)",
        re.IGNORECASE,
    )


@lru_cache(maxsize=16)
def after_colon(colon: bytes, media: str) -> re.Pattern[bytes]:
    """Return a pattern for what heads without soft line breaks have at the colon.

    Args:
        colon: The colon, and the letters in front of it.
        media: "image" or "any".
    """
    mime = _TYPES[media] + _SLASH + _SUBTYPE + rb"[ ]?[;,]"
    odd = rb"(?:" + _WORD + rb"(?:" + _SLASH + _SUBTYPE + rb")?)?[ ]?;"
    return later(re.escape(colon) + rb"(?i:" + mime + rb"|" + odd + rb")")


@lru_cache(maxsize=16)
def after_any_colon(colon: bytes, media: str) -> re.Pattern[bytes]:
    """Return a pattern for what heads of any media type have at the colon."""
    known = after_colon(colon, media).pattern
    return later(known + rb"|" + re.escape(colon) + rb"[A-Za-z0-9.+\-/\\ ]{0,160}[;,]")


# The head of a data URI of any type, or of none.
ANY_HEAD = later(
    rb"data:(?P<mime>[a-z0-9.+\-_/\\]{0,160})(?:;(?!base64\s*,)[^,;\"]{0,128}){0,8}"
    rb"(?P<b64>[ ]?;[ ]?base64)?[ ]?,",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def member(ending: bytes) -> re.Pattern[bytes]:
    """A member of a JSON object whose name ends so, up to its string's beginning."""
    return later(
        rb"(?P<open>\\*)\"(?P<name>[A-Za-z0-9_]{0,24}"
        + re.escape(ending)
        + rb")\\*\"(?P<end>)\s*:\s*(?P<q>\\*)\""
    )


HEAD_MAX = 512
HEAD_START = later(rb"d(?:=\r?\n)?a(?:=\r?\n)?t(?:=\r?\n)?a(?:=\r?\n)?$", re.IGNORECASE)

# Base64 text and all that may stand for its three odd characters.
PLAIN_RUN = later(rb"[A-Za-z0-9+/]*")
GOES_ON = frozenset(b"-_\\%&=\r\n")  # what may follow such a run, in longer text
GOES_ON_QUOTED = frozenset(b" \t\"'`")  # in text over several strings
_ENTITY = rb"&(?:\#(?:43|47|[xX]2[bBfF])|sol|plus);"
_CHAR = rb"[A-Za-z0-9+/_\-]|\\+/|\\+(?:u00|x)2[bBdDfF]|%2[bBfF]|" + _ENTITY
RUN = later(rb"(?:[A-Za-z0-9+/_\-]+|" + _CHAR + rb")*")
PADDING = later(
    rb"==(?=[ \t]*\r?\n)"
    rb"|(?:=(?!3[dD]|[ \t]*\r?\n)|=(?=[ \t]*\r?\n(?![A-Za-z0-9+/]))|=3[dD]|%3[dD]"
    rb"|\\+(?:u00|x)3[dD]|&(?:\#(?:61|[xX]3[dD])|equals);){1,4}"
)
# A notebook's text is a list of lines, each a string that ends with its line break; in
# that text, what is broken goes on in the next string; not so in the name of a member.
LISTED = rb"\\+n\"\s{0,64},\s{0,64}\"(?![^\"\\]{0,80}\"\s{0,16}:)"
# In quotes of YAML, a line break is written as two.
EMPTY_LINE = rb"\r?\n[ \t]*\r?\n[ \t]*|"
BREAK = later(
    rb"=\r?\n|[ \t]*\\?\r?\n[ \t]*|(?:\\+r)?(?:" + LISTED + rb"|\\+n[ \t]*)"
    rb"|(?:%0[dD])?%0[aA]"
    rb"|(?:&\#(?:13|[xX]0?[dD]);)?(?:&\#(?:10|[xX]0?[aA]);|(?<=;)\n[ \t]*)"
)
# Lines that begin with a mark of their own: comments, quotations; and single spaces.
MARKED_BREAK = later(
    rb"\r?\n[ \t]*(?:[#>*;%|!']|//+|--)[ \t>]{0,8}|[ \t]+(?=[A-Za-z0-9+/])"
)

LINE_OF_LIST = later(LISTED)
# A string of JSON up to the quote that closes it; or the last one of such a list.
STRING = later(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
LISTED_STRING = later(rb"(?:[^\"\\]++|" + LISTED + rb"|\\.)*+", re.DOTALL)
# What opens a string that is an item of a list, and no member of an object.
ITEM = later(rb"[\[,]\s*\"\Z")
# So far behind a quote may the next one stand that goes on with the list.
LISTED_MAX = 160
# A drawing that is a string, and no data URI.
DRAWING_START = later(rb"(?:\s|\\[nrt])*<[!?A-Za-z]")

# What stands behind the last line: anything else says that it is another word.
LINE_ENDS = later(rb"[\"'`)<>\]},;|&\\\x00]|[ \t]*\r?\n|[ \t]*$")
# A soft break, or the padding of text that ends with its line.
PAD_OR_SOFT = later(rb"=[ \t]*\r?\n")

# Every way a byte is written that is not itself, for the fitter.
SPELLING = later(
    rb"%(?P<pct>[0-9A-Fa-f]{2})|\\+(?:u00|x)(?P<uni>[0-9a-fA-F]{2})"
    rb"|\\+(?P<esc>[\"'/bfnrt])|&(?P<ent>quot|amp|lt|gt|apos|sol"
    rb"|plus|equals);"
    rb"|&\#(?P<dec>[0-9]{2,3});|&\#[xX](?P<hex>[0-9a-fA-F]{1,2});|=(?P<qp>3[dD])"
)
# The same, to split a text: with one group, around all of it.
SPELLINGS = later(rb"(" + re.sub(rb"\(\?P<[a-z]+>", b"(?:", SPELLING.pattern) + rb")")
_ESCAPES = {
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
}
_ENTITIES = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"apos": b"'"}
_ENTITIES |= {b"sol": b"/", b"plus": b"+", b"equals": b"="}


def spelt_byte(match: re.Match[bytes]) -> bytes:
    """The byte that a match of `SPELLING` stands for."""
    for name in ("pct", "uni", "hex", "qp"):
        if (digits := match[name]) is not None:
            return bytes((int(digits, 16),))
    if (letter := match["esc"]) is not None:
        return _ESCAPES.get(letter, letter)
    if (name_ := match["ent"]) is not None:
        return _ENTITIES[name_]
    number = int(match["dec"])
    return bytes((number,)) if number < 256 else match[0]


# What may follow a payload. Anything else (a dot, an ellipsis, "${") says that
# the text was cut short or is code.
FOLLOWS = later(rb"[\"'`)<>\[\]},;|\s\\&\x00*]|=[ \t]*\r?\n|$|%2[27]|#[A-Za-z]")

# First characters of base64 text of a picture, for payloads without a head.
# The letters of "ftyp" (HEIC, AVIF) stand behind a length of four bytes; of SVG,
# "<svg" and "<?xml" are looked for.
BOXES = b"Z0eXB"
# JPEG's first slash is written in other ways at times. These are looked for where
# `ZEROS` stand, as they do in its tables.
MAGICS = (b"iVBORw0K", b"/9j", b"R0lGOD", b"UklGR", b"PHN2Z", b"PD94bW")
SPELT_MAGICS = (b"2F9j", b"2f9j", b";9j", b"_9j")
_FIRST = rb"(?:" + _SLASH + rb"|_)"
BARE_START = later(
    rb"iVBORw0KGgo|" + _FIRST + rb"9j" + _FIRST + rb"(?:[2-7wx]|" + _FIRST + rb"[g-v])"
    rb"|R0lGODlh|R0lGODdh|UklGR|AAAA[A-Za-z0-9+/]GZ0eXB|PHN2Zy|PD94bWwg"
)

# What begins like these is less certainly a picture: only the end of the text is proof
# (ICO, TIFF, PSD, BMP, JPEG 2000's codestream, SVG in gzip). All of them, and boxes,
# have long numbers near their beginning, whose first bytes are zero: they are looked
# for where `ZEROS` stand.
ZEROS = b"AAAA"
# JPEG XL and JPEG 2000: what stands in front of their first box.
SIGNATURES = (b"AAAADEpYTCANCocK", b"AAAADGpQICANCocK")
WEAK = tuple(b"AAABAA AAACAA SUkqA SUkrA TU0AK OEJQU Qk /0//U H4sIAAAA".split())
# The same, of media that are no pictures: they are looked for everywhere.
WEAK_ANY = tuple(
    b"d09G JVBERi T2dnUw SUQz GkXfo AGFzbQ UEsDB T1RUTw AAEAAA //u ZkxhQ".split()
)
WEAK_START = later(
    rb"AAA[BC]AA|AAAAD[EG]|SUkqA|SUkrAAgA|TU0AK|OEJQUwA[BC]AAAA|Qk[0-3][A-Za-z0-9+/]{5}A{5}"
    rb"|/0//UQ|H4sI|d09G[MR]g|JVBERi0|T2dnUwA|SUQz[AB]|GkXfo|AGFzbQEA|UEsDB[AB]"
    rb"|T1RUTwA|AAEAAAA|//u[A-Za-z0-9]|ZkxhQ[w4]AAAC[I-L]"
)

# What may stand in front of base64 text that no quote opens.
OPENS = later(rb"(?:[\s>:=,{(\[|;\x00]|\\[nrt]|%(?:2[cC]|3[aAdDbB]|20|0[aA])|\A)$")
# It and the letters behind it, up to three bytes behind the needle.
FIRST_SLASH = later(_FIRST + rb"9j?$")
# A line of letters, and what joins the next one to it.
LINE_BEFORE = later(
    rb"(?:\A|[^A-Za-z0-9+/])([A-Za-z0-9+/]{16,1024})"
    rb"(?:(?:\\+r)?\\+n|\r?\n|\\+[\"']|[\"'`]"
    rb"|[ \t]|&\#(?:1[03]|[xX]0?[aAdD]);)(?:[\s+.,&|\\_\#>*;%!-]|//){0,64}"
    rb"(?:\\*[bBrR]?[\"'`])?$"
)
MAIL_BODY = later(rb"\n\r?\n$")
# A quote that is not written as itself.
QUOTE = later(
    rb"(?:&(?:amp;)?(?:quot|apos|\#(?:34|39|[xX]2[27]));|%2[27]|\\+(?:u00|x)2[27])"
)
SPELT_QUOTE = later(QUOTE.pattern + rb"$")


@lru_cache(maxsize=64)
def breaks(closer: bytes, escapes: int) -> re.Pattern[bytes]:
    """Return a pattern for what is between two lines of base64 text in a string.

    Args:
        closer: The quote; b"" has line breaks alone.
        escapes: Backslashes in front of it.

    Returns:
        An expression with the groups ``join`` (one string ends, and another one
        begins), ``comma`` within it (they are items of a list), and ``space``.
    """
    if not closer or closer == b")":
        return BREAK
    quote = re.escape(b"\\" * escapes + closer)
    room = rb"(?:[ \t\r\n]|[\\_]\r?\n|\\+[nrt])"
    return re.compile(
        rb"(?P<join>(?:(?:\\+r)?\\+n)?" + quote + rb"(?:" + room + rb"{0,64}"
        rb"(?:\+|\.\.?|&|\|\||<>|<<|~|(?P<comma>,))"
        + room
        + rb"{0,64}|"
        + room
        + rb"{1,64})"
        rb"[bBrRuULfF]{0,2}"
        + quote
        + rb")|"
        + EMPTY_LINE
        + BREAK.pattern
        + rb"|(?P<space>[ \t]+)"
    )


# What says, behind a closing quote, that a string goes on in the next one.
GOES_ON_BEHIND = later(
    rb"(?:\s|\\\r?\n|\\+[nrt])*"
    rb"(?:\+(?!\+)|\.\.?\s*[\"'$]|\.\.?\s|&\s|\|\||<>|<<|~|[bBrRuUL]{0,2}[\"'])"
)


@lru_cache(maxsize=64)
def next_item(closer: bytes, escapes: int) -> re.Pattern[bytes]:
    """Return a pattern for what is between a quote and the next item of a list."""
    quote = re.escape(b"\\" * escapes + closer)
    space = rb"(?:\s|\\+[nrt]){0,64}"
    return re.compile(
        space + rb"," + space + rb"[bBrRuU]{0,2}" + quote + rb"[A-Za-z0-9+/_-]"
        rb"(?:[A-Za-z0-9+/_-]{0,15}=*" + quote + rb"(?!" + space + rb":)"
        rb"|[A-Za-z0-9+/_-]{15})"
    )


# Escaped line breaks at the end of a string.
LAST_BREAK = later(rb"(?:\\+r)?\\+n")
# Line breaks that text begins with, however they are written.
LINE_BREAKS = later(rb"\A(?:" + BREAK.pattern + rb")+")
# The end of a drawing that is written as text.
TEXT_END = later(
    rb"(?:(?:/|%2[fF]|\\+(?:u00|x)2[fF])(?:svg)?)(?:\s|%20)*(?:>|%3[eE]|\\+(?:u00|x)3[eE]|&gt;)"
    rb"(?:\s|%20|%0[aAdD]|\\+[nrt])*$"
)

# The characters of base64 that are written in another way.
ODD = later(rb"\\+/|\\+(?:u00|x)2[bBfFdD]|%2[bBfF]|" + _ENTITY)

# What ends unquoted text, and what ends text in parentheses.
TEXT_STOP = later(rb"[\s\"'`<>()\\\x00]")
PAREN = later(rb"[()\r\n\x00]")

# Padding that is not spelt "=", at the end of base64 text.
PAD_SPELLING = later(
    rb"=3[dD]|%3[dD]|\\+(?:u00|x)3[dD]|&(?:\#(?:61|[xX]3[dD])|equals);"
)

# What text after a data URI's comma looks like when it is a picture, and some of it.
_TEXT_PAYLOAD = later(
    rb"(?:<|%3[cC]|\\(?:u00|x)3[cC]|&lt;)(?:[!?/]?[A-Za-z])|%[0-9A-Fa-f]{2}"
)
_TEXT_SIGNS = (b"<", b"%", b"\\u003", b"\\x3", b"&lt;")


def is_text(begin: bytes) -> bool:
    """Tell whether this may be the beginning of a picture that is written as text."""
    return any(sign in begin for sign in _TEXT_SIGNS) and bool(
        _TEXT_PAYLOAD.search(begin)
    )


def unsoftened(text: bytes, size: int) -> int:
    """Length in ``text`` of its first ``size`` bytes without soft line breaks."""
    gone = 0
    for soft in SOFT.finditer(text):
        if soft.start() - gone >= size:
            break
        gone += len(soft[0])
    return size + gone
