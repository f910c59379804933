"""Documents of many kinds around one picture, as people's programs write them."""

import json
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from support.media import coloured, segment
from support.samples import picture, svg, wrapped

Kind = Callable[[str], str]


PICTURES = {
    "png": picture(24, 18, 1),
    "png, no padding": picture(26, 18, 1),
    "jpeg": coloured("JPEG"),
    "jpeg, comment first": segment(coloured("JPEG"), 0xFE, b"Lavc58.54.100\0"),
    "gif": coloured("GIF"),
    "webp": coloured("WEBP"),
    "avif": coloured("AVIF"),
    "svg": svg(1).encode(),
    "svg, preamble": b'<?xml version="1.0"?>\n<!-- a -->\n' + svg(2).encode() + b"\n",
}
# Their first bytes say too little where no media type is beside them.
DECLARED = {
    "tiff": coloured("TIFF"),
    "x-icon": coloured("ICO"),
    "bmp": coloured("BMP"),
    "jp2": coloured("JPEG2000"),
}


def folded(name: str, text: str, end: str, width: int = 75) -> str:
    """A content line of vCard, iCalendar or LDIF: `width` bytes, then a space."""
    first = width - len(name)
    if not text[first:]:
        return name + text + end
    rest = wrapped(text[first:], width - 1, end + " ")
    return f"{name}{text[:first]}{end} {rest}{end}"


def joined(quote_: str, between: str, text: str, width: int) -> str:
    """A text over several string literals."""
    return quote_ + wrapped(text, width, quote_ + between + quote_) + quote_


def _in_pieces(mark: str, joint: str, head: str, text: str) -> str:
    return f"x = ({joined(mark, joint, head + text, 76)});\n"


def _behind_head(head: str, text: str) -> str:
    return f'<img src="{head}{text}">'


# A picture with nothing in front of it that says so.
BARE: dict[str, Kind] = {
    "double quotes": lambda t: f'var x = "{t}";\n',
    "single quotes": lambda t: f"var x = '{t}';\n",
    "template literal": lambda t: f"const x = `{t}`;\n",
    "bytes of Python": lambda t: f"x = b'{t}'\n",
    "three quotes": lambda t: f"x = '''{wrapped(t, 76, chr(10))}'''\n",
    "three quotes, lines": lambda t: f'x = """\n{wrapped(t, 76, chr(10))}\n"""\n',
    "text block": lambda t: f'x = """\n  {wrapped(t, 76, chr(10) + "  ")}\n  """;\n',
    "log": lambda t: f"2026-01-01 got {t} from x\n",
    "log with JSON": lambda t: f'2026-01-01 INFO {{"images":["{t}"]}}\n',
    "server-sent events": lambda t: f'data: {{"b64_json":"{t}"}}\n\n',
    "JSONP": lambda t: f'done({{"a":"{t}"}});',
    "comment and JSON": lambda t: f'// settings\n{{"a":"{t}"}}\n',
    "JSON in HTML": lambda t: f'<script>var x = {{"a":"{t}","b":1}}</script>',
    "JSON in an attribute": lambda t: f'<a d="{{&quot;i&quot;:&quot;{t}&quot;}}">',
    "JSON in a script's string": lambda t: (
        f'<script>x="{{\\"a\\":\\"{t}\\"}}"</script>'
    ),
    "hexadecimal quotes": lambda t: f"<script>x={{\\u0022a\\u0022:\\u0022{t}\\u0022}}",
    "CSV": lambda t: f"id,img,x\n1,{t},y\n",
    "CSV, semicolons": lambda t: f"id;img;x\n1;{t};y\n",
    "CSV, quoted": lambda t: f'id,img,x\r\n1,"{t}",y\r\n',
    "tabs": lambda t: f"1\t{t}\t2\n",
    "SQL": lambda t: f"VALUES (1,'{t}','x'),\n",
    "INI": lambda t: f"[a]\nicon={t}\nb=c\n",
    "properties": lambda t: f"icon={wrapped(t, 70, chr(92) + chr(10) + '   ')}\nk=v\n",
    "YAML, plain": lambda t: f"a: {t}\nb: 1\n",
    "YAML, literal": lambda t: f"a: |\n  {wrapped(t, 70, chr(10) + '  ')}\nb: 1\n",
    "YAML, folded": lambda t: f"a: >-\n    {wrapped(t, 64, chr(10) + '    ')}\nb: 1\n",
    "YAML, binary": lambda t: (
        f"a: !!binary |\n {wrapped(t, 76, chr(10) + ' ')}\nb: 1\n"
    ),
    "XML": lambda t: f"<a>{t}</a>",
    "XML, lines": lambda t: f"<a>{wrapped(t, 76, chr(13) + chr(10))}\r\n</a>",
    "XML, indented": lambda t: f"<a>\n\t{wrapped(t, 68, chr(10) + chr(9))}\n\t</a>",
    "XML, first line": lambda t: f"<a>{wrapped(t, 72, chr(10) + ' ' * 7)}\n    </a>",
    "vCard": lambda t: (
        "PHOTO;ENCODING=b;TYPE=X:\r\n "
        + wrapped(t, 74, "\r\n ")
        + "\r\n\r\nEND:VCARD\r\n"
    ),
    "vCard, folded": lambda t: folded("PHOTO;ENCODING=b:", t, "\r\n") + "END:VCARD\r\n",
    "calendar": lambda t: folded("ATTACH;VALUE=BINARY:", t, "\r\n") + "UID:1\r\n",
    "LDIF": lambda t: "dn: a\n" + folded("jpegPhoto:: ", t, "\n", 78) + "mail: a@x\n",
    "LDIF, end": lambda t: folded("jpegPhoto:: ", t, "\n", 77),
    "Tcl": lambda t: f"image create photo x -data {{\n{wrapped(t, 76, chr(10))}\n}}\n",
    "long brackets": lambda t: f"x=[[{t}]]",
    "armour": lambda t: (
        f"-----BEGIN A-----\n{wrapped(t, 64, chr(10))}\n-----END A-----\n"
    ),
    "KiCad 7": lambda t: f"  (data\n    {wrapped(t, 76, chr(10) + '    ')}\n  )\n",
    "KiCad 8": lambda t: f"\t(data {joined(chr(34), chr(10) + '  ', t, 76)}\n\t)\n",
    "the whole file": lambda t: wrapped(t, 76, "\n") + "\n",
    "one word": lambda t: f"a {t} word\n",
    "a word below": lambda t: f"a\n{wrapped(t, 76, chr(10))}\nwordwordword\n",
    "query": lambda t: f"https://example.com/?a={t}&b=1\n",
    "percent-encoded": lambda t: "?u=" + quote(f"data:image/x;base64,{t}", safe=""),
    "no scheme": lambda t: f'x = "image/x;base64,{t}"',
    "escaped tags": lambda t: f"&lt;a&gt;{wrapped(t, 76, chr(10))}&lt;/a&gt;",
    "notebook, lines": lambda t: json.dumps(
        {"a": [f"{line}\n" for line in wrapped(t, 76, " ").split()]}, indent=1
    ),
    "SQL, escaped lines": lambda t: f"VALUES ('{wrapped(t, 76, chr(92) + 'n')}\\n');",
}
# A picture in pieces, each in a string of its own.
JOINED: dict[str, Kind] = {}
JOINTS = [
    " +\n  ",
    "\n    ",
    " . \n\t",
    " \\\n  ",
    " ..\n",
    " & _\r\n ",
    "+",
    " || ",
    ", ",
]
for joint in JOINTS:
    for mark in "\"'":
        JOINED[f"{joint!r} in {mark}"] = partial(_in_pieces, mark, joint, "")
JOINED["bytes"] = lambda t: f"x = (b{joined(chr(39), chr(10) + ' b', t, 60)})"

# Data URIs that are written in odd ways.
HEADS = [
    "data:;base64,",
    "data:image;base64,",
    "data:image/*;base64,",
    "data:*/*;base64,",
    "data:png;base64,",
    "data:undefined;base64,",
    "data:text/plain;charset=utf-8;base64,",
    "data:application/octet-stream;base64,",
    "data:binary/octet-stream;name=a.png;base64,",
    "data:application/pdf;base64,",
    "DATA:IMAGE/PNG;BASE64,",
    "data:image/png;base64,  ",
    "data:image&#x2F;png;base64,",
    "data:image&#47;png;base64,",
    "data:image\\/png;base64,",
    "data:image\\x2fpng;base64,",
    "data:image/x,",
    "data:image/x;charset=utf-8,",
]
URIS: dict[str, Kind] = {head: partial(_behind_head, head) for head in HEADS}
URIS |= {
    "draw.io": lambda t: f'style="shape=image;image=data:image/x,{t};a=1"',
    "spaces": lambda t: f'<img src="data:image/x;base64,{wrapped(t, 128, " ")}">',
    "spaces, 76": lambda t: f"<img src='data:;base64,{wrapped(t, 76, ' ')}' a='x'>",
    "entities": lambda t: f'<a b="data:;base64,{wrapped(t, 76, "&#10;")}">',
    "CRLF entities": lambda t: f'<a b="data:;base64,{wrapped(t, 76, "&#xD;&#xA;")}">',
    "lines in an attribute": lambda t: (
        f'<a b="data:image/x;base64,\n   {wrapped(t, 76, chr(10) + "   ")}\n" c="d">'
    ),
    "backslashes": lambda t: (
        f'url("data:image/x;base64,\\\n{wrapped(t, 70, chr(92) + chr(10))}")'
    ),
    "quote entities": lambda t: f'<a b="url(&quot;data:image/x;base64,{t}&quot;)">',
    "apostrophe entities": lambda t: f"<a b='url(&#39;data:image/x;base64,{t}&#39;)'>",
    "plus entities": lambda t: f'<a b="data:;base64,{t.replace("+", "&#43;")}">',
    "slash entities": lambda t: (
        '<a b="data:image&#x2F;x;base64,'
        + t.replace("/", "&#x2F;").replace("=", "&#x3D;")
        + '">'
    ),
    "hexadecimal escapes": lambda t: (
        'x="data:image/x;base64,'
        + t.replace("+", "\\x2b").replace("/", "\\x2f").replace("=", "\\x3d")
        + '"'
    ),
    "vCard 4": lambda t: (
        folded("PHOTO:data:image/x;base64,", t, "\r\n") + "END:VCARD\r\n"
    ),
    "template literal": lambda t: f"const x = `data:image/x;base64,{t}`;",
    "the head alone": lambda t: (
        f'x = "data:image/x;base64," +\n  {joined(chr(34), JOINTS[0], t, 76)};'
    ),
    "a method": lambda t: f'x = "data:image/x;base64,{t}".replace("a", "b");',
    "text behind": lambda t: f'x = "data:image/x;base64,{t}" + y;',
}
for joint in JOINTS[:-1]:
    for mark in "\"'":
        uri = partial(_in_pieces, mark, joint, "data:image/x;base64,")
        JOINED[f"a URI, {joint!r} in {mark}"] = uri

# With a media type beside it.
TYPED: dict[str, Callable[[str, str], str]] = {
    "JSON": lambda m, t: json.dumps({"mediaType": m, "name": "a", "data": t}, indent=1),
    "JSON, short": lambda m, t: json.dumps({m: t}, separators=(",", ":")),
    "JSON, behind": lambda m, t: json.dumps({"data": t, "mediaType": m}, indent=1),
    "Python": lambda m, t: repr({"type": m, "data": t}),
    "YAML": lambda m, t: f"- mediatype: {m}\n  base64data: {t}\n",
    "YAML, behind": lambda m, t: f"- base64data: {t}\n  mediatype: {m}\n",
    "FictionBook": lambda m, t: (
        f'<binary id="a" content-type="{m}">{wrapped(t, 72, chr(10))}</binary>'
    ),
    "FHIR": lambda m, t: f'<contentType value="{m}"/>\n  <data value="{t}"/>',
    "note": lambda m, t: f"<data>\n{wrapped(t, 76, chr(10))}\n</data><mime>{m}</mime>",
    "mail": lambda m, t: (
        'Content-Type: multipart/mixed; boundary="=_b"\n\n--=_b\n'
        f'Content-Type: {m};\n name="a"\nContent-Disposition: inline; filename="a"\n'
        f"Content-Transfer-Encoding: base64\n\n{wrapped(t, 76, chr(10))}\n--=_b--\n"
    ),
    "mail, CRLF": lambda m, t: (
        f"Content-Transfer-Encoding: base64\r\nContent-Type: {m}\r\n\r\n"
        f"{wrapped(t, 76, chr(13) + chr(10))}\r\n--b--\r\n"
    ),
}
