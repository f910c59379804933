"""Documents made of pieces that are hard to tell apart."""

import base64
import json

from hypothesis import strategies as st

from support.samples import b64, dialects, every_sample, picture

MARK = b"as1:"

_PICTURES = [picture(w, h, w * h) for w, h in ((3, 3), (12, 9), (24, 18), (40, 40))]
_WHOLE = [*dialects().values()]
_PARTS = [sample[i : i + 700] for sample in every_sample().values() for i in (0, 900)]
_HEADS = [
    b"data:image/png;base64,",
    b"data:image/svg+xml,",
    b"data:image/svg+xml;utf8,",
    b"DATA:image/jpeg;charset=x;base64,",
    b"data:image/",
    b"data:;base64,",
    b"data:font/woff2;base64,",
    b"data:image/png;base64,\\n",
    b'"image/png": "',
    b'"image\\/png":"',
    b"data:image/png;base=\r\n64,",
    b"Content-Transfer-Encoding: base64\r\n\r\n",
]
_GLUE = [
    *(bytes([c]) for c in b"\"'`()<>{}[],:;=&%\\/ \n\r\t\0\xff#-_"),
    b"\r\n",
    b"\\n",
    b"\\r\\n",
    b"=\r\n",
    b"=",
    b"==",
    b"\\u003d",
    b"%3D",
    b"&#61;",
    b"\\/",
    b"\\\\",
    b'\\"',
    b'\\\\\\"',
    b"\n\n",
    b"url(",
    b'{"url":"',
    b'","data":"',
    b'"}\n',
    b'"}}]}\n',
]


def _one_of(things: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of them, without all of them in reports."""
    return st.integers(0, len(things) - 1).map(lambda i: things[i])


@st.composite
def base64_texts(draw: st.DrawFn) -> bytes:
    """Base64 text in one of many spellings, now and then a wrong one."""
    data = draw(_one_of(_PICTURES) | st.binary(max_size=400))
    text = b64(data).encode()
    if draw(st.booleans()):
        width = draw(st.sampled_from([1, 4, 5, 57, 60, 64, 76, 77, 256]))
        end = draw(
            st.sampled_from([b"\n", b"\r\n", b"\\n", b"\\\\n", b"=\r\n", b"\n  "])
        )
        text = end.join(text[i : i + width] for i in range(0, len(text), width))
        text += draw(st.sampled_from([b"", end]))
    spelling = draw(st.sampled_from(["", "/", "+", "=", "safe", "bare", "bits", "cut"]))
    if spelling == "/":
        text = text.replace(b"/", draw(st.sampled_from([b"\\/", b"\\\\/", b"\\u002F"])))
    elif spelling == "+":
        text = text.replace(b"+", draw(st.sampled_from([b"\\u002b", b"%2B", b"&#43;"])))
    elif spelling == "=":
        text = text.replace(b"=", draw(st.sampled_from([b"\\u003d", b"%3d", b"=3D"])))
    elif spelling == "safe":
        text = text.translate(bytes.maketrans(b"+/", b"-_"))
    elif spelling == "bare":
        text = text.rstrip(b"=")
    elif spelling == "bits":
        text = text.rstrip(b"=") + draw(st.sampled_from([b"B", b"B=", b"BC=", b"==="]))
    elif spelling == "cut":
        text = text[draw(st.integers(0, 40)) :]
    return text


@st.composite
def lookalikes(draw: st.DrawFn) -> bytes:
    """Text that looks like a placeholder and is none."""
    size = draw(st.sampled_from([0, 23, 24, 26, 27, 27, 27, 28, 31]))
    return (
        MARK
        + base64.urlsafe_b64encode(draw(st.binary(min_size=24, max_size=24)))[:size]
    )


@st.composite
def quoted(draw: st.DrawFn) -> bytes:
    """JSON in a JSON string, once or twice."""
    value = (draw(st.sampled_from(_HEADS)) + draw(base64_texts())).decode("latin-1")
    for _ in range(draw(st.integers(1, 3))):
        value = json.dumps({"v": value})
    return value.encode("latin-1")


FRAGMENTS = st.one_of(
    st.sampled_from(_GLUE),
    st.sampled_from(_HEADS),
    base64_texts(),
    st.tuples(st.sampled_from(_HEADS), base64_texts()).map(b"".join),
    st.tuples(
        st.sampled_from([b'"', b"'", b"(", b'\\"']),
        st.sampled_from(_HEADS[:4]),
        base64_texts(),
        st.sampled_from([b'"', b"'", b")", b'\\"']),
    ).map(b"".join),
    quoted(),
    lookalikes(),
    _one_of(_WHOLE),
    _one_of(_PARTS),
    st.binary(max_size=30),
)

DOCUMENTS = st.lists(FRAGMENTS, max_size=24).map(b"".join)
