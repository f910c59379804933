"""Documents of many kinds around one medium, as the programs of others write them.

Each kind is a function of the medium's bytes, its base64 text and its media type.
Those in `documents.py` are older; here are programming languages, what libraries
write, and heads of data URIs in every spelling.
"""

import email.message
import email.policy
import html
import json
import plistlib
import sqlite3
import textwrap
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from support.documents import folded
from support.samples import wrapped

Kind = Callable[[bytes, str, str], str]


def pieces(text: str, width: int, joint: str, quotes: str = '"') -> str:
    """A text over several strings."""
    return quotes + wrapped(text, width, quotes + joint + quotes) + quotes


def lines(text: str, front: str = "", width: int = 72) -> str:
    """Lines that all begin alike."""
    return "".join(f"{front}{line}\n" for line in textwrap.wrap(text, width))


def property_list(data: bytes, text: str, mime: str) -> str:
    """What Python's plistlib writes."""
    return plistlib.dumps({"Name": "a", "Icon": data, "Z": [data[:3]]}).decode()


def sql_dump(value: str) -> str:
    """What SQLite dumps of a table with one text in it."""
    database = sqlite3.connect(":memory:")
    database.execute("create table t (id integer, image text, name text)")
    database.execute("insert into t values (1, ?, 'x')", (value,))
    dump = "\n".join(database.iterdump()) + "\n"
    database.close()
    return dump


def message(data: bytes, text: str, mime: str) -> str:
    """Mail with an attachment, by Python's email."""
    mail = email.message.EmailMessage(policy=email.policy.default)
    mail["Subject"], mail["From"] = "a", "a@example.com"
    mail.set_content("hello")
    main, _, sub = mime.partition("/")
    mail.add_attachment(data, maintype=main, subtype=sub, filename="a")
    return mail.as_bytes().decode()


def quoted_printable(data: bytes, text: str, mime: str) -> str:
    """Mail in HTML with a data URI, by Python's email."""
    mail = email.message.EmailMessage(policy=email.policy.default)
    mail["Subject"], mail["From"] = "a", "a@example.com"
    page = f'<p><img src="data:{mime};base64,{text}"></p><p>bye =</p>'
    mail.set_content(page, subtype="html", cte="quoted-printable")
    return mail.as_bytes().decode()


def part(order: str, mime: str, text: str, width: int = 76) -> str:
    """Mail whose part has its headers in any order."""
    headers = {
        "t": f'Content-Type: {mime}; name="a"',
        "e": "Content-Transfer-Encoding: base64",
        "E": "Content-Transfer-Encoding: BASE64",
        "d": 'Content-Disposition: attachment; filename="a"',
        "i": "Content-ID: <1@example.com>",
    }
    return "\r\n".join(
        [
            "MIME-Version: 1.0",
            'Content-Type: multipart/mixed; boundary="=_b"',
            "",
            "--=_b",
            "Content-Type: text/plain",
            "",
            "hello",
            "--=_b",
            *(headers[each] for each in order),
            "",
            *textwrap.wrap(text, width),
            "--=_b--",
            "",
        ]
    )


def dumped(record: object, **how: object) -> str:
    """JSON."""
    return json.dumps(record, **how)  # type: ignore[arg-type]


def _typed(
    key: str, data: bytes, text: str, mime: str, *, behind: bool, indent: int | None
) -> str:
    record: dict[str, object] = {"name": "a", key: mime, "size": 3, "data": text}
    members = reversed(record.items()) if behind else record.items()
    return json.dumps(dict(members), indent=indent)


# Nothing says what the text is, or a data URI does.
TEXTS: dict[str, Kind] = {
    "property list": property_list,
    "SQLite's dump": lambda d, t, m: sql_dump(t),
    "SQLite's dump, a page": lambda d, t, m: sql_dump(
        f'<img src="data:{m};base64,{t}">'
    ),
    "COPY of PostgreSQL": lambda d, t, m: (
        f"COPY t (a, b) FROM stdin;\n1\t{t}\tx\n\\.\n"
    ),
    "config map": lambda d, t, m: f"kind: ConfigMap\nbinaryData:\n  a.png: {t}\nx:\n",
    "CSV, a URI": lambda d, t, m: f"id,image,x\n1,data:{m};base64,{t},2\n",
    "CSV, a quoted URI": lambda d, t, m: f'id,image\r\n1,"data:{m};base64,{t}"\r\n',
    "Flat OPC": lambda d, t, m: (
        f'<pkg:part pkg:contentType="{m}" pkg:compression="store"><pkg:binaryData>'
        f"{wrapped(t, 76, chr(13) + chr(10))}\r\n</pkg:binaryData></pkg:part>"
    ),
    "resx": lambda d, t, m: (
        '<data name="a.Image" type="System.Drawing.Bitmap, System.Drawing" '
        'mimetype="application/x-microsoft.net.object.bytearray.base64">\n    <value>\n'
        f"        {wrapped(t, 80, chr(13) + chr(10) + ' ' * 8)}\r\n</value></data>"
    ),
    "SOAP": lambda d, t, m: f'<s:Body><i xsi:type="xsd:base64Binary">{t}</i></s:Body>',
    "attribute": lambda d, t, m: f'<i a="1" data="{t}" b="2"/>',
    "attribute, single quotes": lambda d, t, m: f"<i a='1' data='{t}' b='2'/>",
    "CDATA": lambda d, t, m: f"<i><![CDATA[{t}]]></i>",
    "CDATA, lines": lambda d, t, m: f"<i><![CDATA[\n{wrapped(t, 76, chr(10))}\n]]></i>",
    "carriage returns as entities": lambda d, t, m: (
        f"<i>{wrapped(t, 76, '&#13;' + chr(10))}&#13;\n</i>"
    ),
    "hexadecimal ones": lambda d, t, m: (
        f"<i>{wrapped(t, 76, '&#xD;' + chr(10))}&#xD;\n</i>"
    ),
    "spaces in an element": lambda d, t, m: f"<i>{wrapped(t, 76, ' ')}</i>",
    "a short first line": lambda d, t, m: (
        f"<i>{t[:60]}\n{wrapped(t[60:], 76, chr(10))}\n</i>"
    ),
    "feed": lambda d, t, m: (
        f'<a><![CDATA[<p><img src="data:{m};base64,{t}" /></p>]]></a>'
    ),
    "feed, escaped": lambda d, t, m: (
        f"<a>&lt;img src=&quot;data:{m};base64,{t}&quot;&gt;</a>"
    ),
    "feed, escaped by numbers": lambda d, t, m: (
        f"<a>&lt;img src=&#34;data:{m};base64,{t}&#34;&gt;</a>"
    ),
    "feed, escaped twice": lambda d, t, m: (
        f"<a>&amp;lt;img src=&amp;quot;data:{m};base64,{t}&amp;quot;&amp;gt;</a>"
    ),
    "bookmarks": lambda d, t, m: f'<DT><A HREF="x" ICON="data:{m};base64,{t}">x</A>\n',
    "vCard 2.1": lambda d, t, m: (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nPHOTO;ENCODING=BASE64;JPEG:"
        + wrapped(t, 72, "\r\n ")
        + "\r\n\r\nTEL:1\r\nEND:VCARD\r\n"
    ),
    "vCard 3, one line": lambda d, t, m: (
        f"BEGIN:VCARD\nPHOTO;ENCODING=b;TYPE=JPEG:{t}\nUID:abcdef\nEND:VCARD\n"
    ),
    "vCard 4, escaped": lambda d, t, m: (
        "BEGIN:VCARD\r\n" + folded(f"PHOTO:data:{m};base64\\,", t, "\r\n") + "N:a\r\n"
    ),
    "vCard 4, tabs": lambda d, t, m: (
        f"LOGO:data:{m};base64,{wrapped(t, 74, chr(13) + chr(10) + chr(9))}\r\nN:a\r\n"
    ),
    "LDIF, CRLF": lambda d, t, m: (
        "dn: a\r\n" + folded("thumbnailPhoto:: ", t, "\r\n", 78) + "cn: a\r\n"
    ),
    "LDIF, one line": lambda d, t, m: f"dn: a\njpegPhoto:: {t}\ncn: a\n",
    "mail, octets": lambda d, t, m: part("ted", "application/octet-stream", t),
    "mail, quoted-printable": quoted_printable,
    "JSONP": lambda d, t, m: f"/**/cb({json.dumps({'i': t})});",
    "server-sent text": lambda d, t, m: f"event: a\ndata: {t}\n\nevent: end\n",
    "server-sent URI": lambda d, t, m: f"data:data:{m};base64,{t}\n\n",
    "template, a tag": lambda d, t, m: (
        f'e.innerHTML = `<img src="data:{m};base64,{t}" alt="${{a}}">`;'
    ),
    "JavaScript, uneven +": lambda d, t, m: (
        f"var a = {pieces(f'data:{m};base64,' + t, 97, ' +' + chr(10))};"
    ),
    "JavaScript, head apart": lambda d, t, m: f"a = 'data:{m};base64,' + '{t}';",
    "JavaScript, array": lambda d, t, m: f"a=[{pieces(t, 70, ',' + chr(10))}].join('')",
    "JavaScript, backslashes": lambda d, t, m: (
        f"a='data:{m};base64,\\\n{wrapped(t, 80, chr(92) + chr(10))}';"
    ),
    "Python, implicit": lambda d, t, m: f"a = ({pieces(t, 76, chr(10), chr(39))})\n",
    "Python, bytes": lambda d, t, m: (
        f"a = (b{pieces(t, 76, chr(10) + '    b', chr(39))})\n"
    ),
    "Python, three quotes": lambda d, t, m: (
        f'a = b"""\\\n{wrapped(t, 76, chr(10))}\n"""\n'
    ),
    "C": lambda d, t, m: f"char *a =\n{pieces(t, 70, chr(10))};\n",
    "C++, streams": lambda d, t, m: f"out << {pieces(t, 70, ' <<' + chr(10))};\n",
    "Java": lambda d, t, m: f"String a =\n{pieces(t, 70, chr(10) + '  + ')};\n",
    "C#, verbatim": lambda d, t, m: f'a = @"{wrapped(t, 80, chr(13) + chr(10))}";\n',
    "Go, raw": lambda d, t, m: f"var a = `{wrapped(t, 80, chr(10))}`\n",
    "PHP, dots": lambda d, t, m: f"$a = {pieces(t, 80, chr(10) + ' . ')};\n",
    "PHP, heredoc": lambda d, t, m: f"$a = <<<EOT\n{wrapped(t, 76, chr(10))}\nEOT;\n",
    "Ruby, heredoc": lambda d, t, m: f"a = <<~EOT\n{lines(t, '  ', 60)}EOT\n",
    "Ruby, backslashes": lambda d, t, m: (
        f"a = {pieces(t, 70, ' ' + chr(92) + chr(10))}\n"
    ),
    "Ruby, shovels": lambda d, t, m: f"a = {pieces(t, 70, ' <<' + chr(10))}\n",
    "shell, here document": lambda d, t, m: (
        f"base64 -d >a <<EOF\n{wrapped(t, 76, chr(10))}\nEOF\n"
    ),
    "shell, a word": lambda d, t, m: f"echo {t} | base64 -d >a\n",
    "Rust": lambda d, t, m: f'const A: &str = "{wrapped(t, 80, chr(92) + chr(10))}";\n',
    "Rust, concat!": lambda d, t, m: f"concat!({pieces(t, 80, ', ')});\n",
    "Visual Basic": lambda d, t, m: (
        f"a = {pieces(t, 80, ' & _' + chr(13) + chr(10))}\n"
    ),
    "Pascal": lambda d, t, m: f"A := {pieces(t, 80, ' +' + chr(10), chr(39))};\n",
    "Lua": lambda d, t, m: f"a = {pieces(t, 80, ' ..' + chr(10))}\n",
    "Lua, long": lambda d, t, m: f"a=[[\n{wrapped(t, 76, chr(10))}\n]]\n",
    "Tcl, quotes": lambda d, t, m: f'set a "{t}"\n',
    "Tcl, backslashes": lambda d, t, m: (
        f'set a "{wrapped(t, 60, chr(92) + chr(10))}"\n'
    ),
    "KiCad, bars": lambda d, t, m: f"(data |{wrapped(t, 76, chr(10))}|)\n",
    "PEM with headers": lambda d, t, m: (
        f"-----BEGIN A-----\nName: a\n\n{lines(t, '', 64)}-----END A-----\n"
    ),
    "uuencode -m": lambda d, t, m: f"begin-base64 644 a\n{lines(t, '', 60)}====\n",
    "properties": lambda d, t, m: (
        f"a=data:{m};base64,{wrapped(t, 70, chr(92) + chr(10) + '    ')}\nb=c\n"
    ),
    "TOML": lambda d, t, m: f"a = '''\n{wrapped(t, 76, chr(10))}'''\nb = 1\n",
    "TOML, backslashes": lambda d, t, m: (
        f'a = """\\\n  {wrapped(t, 70, " " + chr(92) + chr(10) + "  ")}\\\n  """\n'
    ),
    "environment": lambda d, t, m: f"LOGO={t}\nX=1\n",
    "registry": lambda d, t, m: f'"Icon"="{t}"\r\n',
    "CSS, spaces": lambda d, t, m: f"a{{b:url( 'data:{m};base64,{t}' ) no-repeat}}",
    "CSS, no quotes": lambda d, t, m: f"a{{b:url( data:{m};base64,{t} ) no-repeat}}",
    "CSS, backslashes": lambda d, t, m: (
        f'a{{b:url("data:{m};base64,{wrapped(t, 76, chr(92) + chr(10))}")}}'
    ),
    "Markdown, below": lambda d, t, m: f"![a][i]\n\n[i]: data:{m};base64,{t}\n",
    "Markdown, brackets": lambda d, t, m: f'[i]: <data:{m};base64,{t}> "title"\n',
    "Markdown, title": lambda d, t, m: f'![a](data:{m};base64,{t} "title") x\n',
    "reStructuredText": lambda d, t, m: f".. image:: data:{m};base64,{t}\n   :alt: x\n",
    "Org": lambda d, t, m: f"[[data:{m};base64,{t}][x]]\n",
    "AsciiDoc": lambda d, t, m: f"image::data:{m};base64,{t}[x]\n",
    "TeX": lambda d, t, m: f"\\img{{data:{m};base64,{t}}}\n",
    "log, a word": lambda d, t, m: f"ts=1 img={t} x=1\n",
    "log, bytes": lambda d, t, m: repr({"img": t.encode(), "n": 1}) + "\n",
    "log, JSON in JSON": lambda d, t, m: json.dumps({"a": json.dumps({"b": t})}) + "\n",
    "JSON in an element": lambda d, t, m: f"<a>{html.escape(json.dumps({'i': t}))}</a>",
    "a URI in a query": lambda d, t, m: (
        "https://example.com/?u=" + quote(f"data:{m};base64,{t}", safe="") + "&b=1"
    ),
    "a URI in url()": lambda d, t, m: (
        f"a{{b:url({quote(f'data:{m};base64,{t}', safe='')})}}"
    ),
    "a page in a URI": lambda d, t, m: (
        '<a href="data:text/html,' + quote(f'<img src="data:{m};base64,{t}">') + '">'
    ),
    "a form": lambda d, t, m: f"img={quote(t, safe='')}&b=1",
    "the whole file, one line": lambda d, t, m: t,
    "indented": lambda d, t, m: f"text\n\n{lines(t, '    ')}\nmore words\n",
    "quoted mail": lambda d, t, m: lines(t, "> "),
    "comment, #": lambda d, t, m: lines(t, "# ") + "x=1\n",
    "comment, //": lambda d, t, m: lines(t, "  // ") + "x=1\n",
    "comment, *": lambda d, t, m: f"/*\n{lines(t, ' * ')} */\n",
    "glTF": lambda d, t, m: f'{{"uri":"data:application/octet-stream;base64,{t}"}}',
    "Excalidraw": lambda d, t, m: dumped(
        {"a": {"mimeType": m, "dataURL": f"data:{m};base64,{t}", "n": 1}}, indent=2
    ),
    "jCard": lambda d, t, m: dumped(["photo", {}, "uri", f"data:{m};base64,{t}"]),
    "SVG, entities": lambda d, t, m: (
        f'<image href="data:{m};base64,&#xa;{wrapped(t, 76, "&#xa;")}"/>'
    ),
    "SVG, lines": lambda d, t, m: (
        f'<image href="data:{m};base64,{wrapped(t, 76, chr(10))}"/>'
    ),
}
# What says what it is stands beside it.
TYPED: dict[str, Kind] = {
    "mail": message,
    "mail, type first": lambda d, t, m: part("ted", m, t),
    "mail, type last": lambda d, t, m: part("diEt", m, t, 72),
    "mail, one line": lambda d, t, m: part("et", m, t, 1 << 20),
    "mailbox": lambda d, t, m: (
        f"From a@x Mon\n{message(d, t, m)}\nFrom b@x Mon\nSubject: x\n\nhello\n"
    ),
    "Flat ODF": lambda d, t, m: (
        f'<draw:image draw:mime-type="{m}">\n <office:binary-data>'
        f"{wrapped(t, 76, chr(10) + ' ' * 7)}\n </office:binary-data></draw:image>"
    ),
    "FictionBook": lambda d, t, m: f'<binary content-type="{m}" id="a">{t}</binary>',
    "FHIR": lambda d, t, m: f'<contentType value="{m}"/><data value="{t}"/>',
    "Evernote": lambda d, t, m: (
        f'<data encoding="base64">\n{lines(t)}</data><mime>{m}</mime>'
    ),
    "HAR": lambda d, t, m: dumped(
        {"content": {"size": 3, "mimeType": m, "text": t, "encoding": "base64"}}
    ),
    "HAR, type last": lambda d, t, m: dumped(
        {"content": {"text": t, "encoding": "base64", "size": 3, "mimeType": m}},
        indent=2,
    ),
    "calendar": lambda d, t, m: (
        folded(f"ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE={m}:", t, "\r\n")
        + "UID:1\r\n"
    ),
    "notebook": lambda d, t, m: dumped({"data": {m: t, "text/plain": ["<F>"]}}),
    "notebook, a line": lambda d, t, m: dumped({"data": {m: f"{t}\n"}}, indent=1),
}
for key in ("mimeType", "contentType", "media_type"):
    for behind in (False, True):
        name = f"JSON, {key}{', behind' * behind}"
        TYPED[name] = partial(_typed, key, behind=behind, indent=None)
        TYPED[f"{name}, indented"] = partial(_typed, key, behind=behind, indent=1)

# How the head of a data URI is written, with the text behind it.
Head = Callable[[str, str], str]
HEADS: dict[str, Head] = {
    "colon, decimal": lambda m, t: f"data&#58;{m};base64,{t}",
    "colon, named": lambda m, t: f"data&colon;{m};base64,{t}",
    "colon, hexadecimal": lambda m, t: f"data&#x3a;{m};base64,{t}",
    "comma, named": lambda m, t: f"data:{m};base64&comma;{t}",
    "comma, decimal": lambda m, t: f"data:{m};base64&#44;{t}",
    "comma, percent": lambda m, t: f"data:{m};base64%2C{t}",
    "semicolon, named": lambda m, t: f"data:{m}&semi;base64,{t}",
    "semicolon, percent": lambda m, t: f"data:{m}%3Bbase64,{t}",
    "slash, hexadecimal": lambda m, t: f"data:{m.replace('/', '&#x2F;')};base64,{t}",
    "slashes, named": lambda m, t: f"data:{m};base64,{t}".replace("/", "&sol;"),
    "odd letters, named": lambda m, t: (
        f"data:{m};base64,{t.replace('+', '&plus;').replace('=', '&equals;')}"
    ),
    "no type": lambda m, t: f"data:;base64,{t}",
    "image": lambda m, t: f"data:image;base64,{t}",
    "any image": lambda m, t: f"data:image/*;base64,{t}",
    "octets": lambda m, t: f"data:application/octet-stream;base64,{t}",
    "words": lambda m, t: f"data:text/plain;base64,{t}",
    "null": lambda m, t: f"data:null;base64,{t}",
    "base64 alone": lambda m, t: f"data:base64,{t}",
    "space behind": lambda m, t: f"data:{m};base64, {t}",
    "line behind": lambda m, t: f"data:{m};base64,\n{t}",
    "tab behind": lambda m, t: f"data:{m};base64,\t{t}",
    "upper case": lambda m, t: f"DATA:{m.upper()};BASE64,{t}",
    "title case": lambda m, t: f"Data:{m.title()};Base64,{t}",
    "charset": lambda m, t: f"data:{m};charset=US-ASCII;name=a%20b.png;base64,{t}",
    "space in front": lambda m, t: f"data: {m};base64,{t}",
    "space between": lambda m, t: f"data:{m}; base64,{t}",
    "no base64": lambda m, t: f"data:{m},{t}",
    "unpadded": lambda m, t: f"data:{m};base64,{t.rstrip('=')}",
    "URL-safe": lambda m, t: f"data:{m};base64,{t.replace('+', '-').replace('/', '_')}",
    "padded too much": lambda m, t: f"data:{m};base64,{t}=",
    "always two": lambda m, t: f"data:{m};base64,{t.rstrip('=')}==",
    "percent": lambda m, t: f"data:{m};base64,{quote(t, safe='')}",
    "fragment": lambda m, t: f"data:{m};base64,{t}#a",
    "more behind": lambda m, t: f"data:{m};base64,{t}&amp;x=1",
}
AROUND: dict[str, Callable[[str], str]] = {
    "attribute": lambda u: f'<p><img src="{u}" alt="x"></p>',
    "url()": lambda u: f"a{{b:url({u})}}",
    "string": lambda u: f"var a = '{u}';",
}
