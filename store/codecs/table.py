"""The table of codecs: what there is to know of each without loading it."""

import importlib.util
from typing import NamedTuple


class CodecFacts(NamedTuple):
    """What is known of a codec.

    Attributes:
        number: What a record's header calls it; it never changes.
        name: What people call it.
        home: Its class: "module:name".
        feature: What the config of a store names that holds such records; "" where
            every version reads them.
        relates: Whether its records may need others of their pack.
        packages: What has to be installed for it, apart from what always is.
        mime: The only media type that it codes, or "".
    """

    number: int
    name: str
    home: str
    feature: str = ""
    relates: bool = False
    packages: tuple[str, ...] = ()
    mime: str = ""


TABLE = (
    CodecFacts(0, "raw", "raw:RawCodec"),
    CodecFacts(1, "zstd", "zstd:ZstdCodec"),
    CodecFacts(2, "dictionary", "whole:DictionaryCodec", "dictionary", relates=True),
    CodecFacts(
        3,
        "png",
        "png:PngCodec",
        "png",
        relates=True,
        packages=("numpy", "cramjam", "zlib_ng"),
        mime="image/png",
    ),
    CodecFacts(
        4,
        "jpeg",
        "whole:JpegCodec",
        "jpeg",
        packages=("lepton_jpeg_python",),
        mime="image/jpeg",
    ),
)
FEATURES = frozenset(codec.feature for codec in TABLE if codec.feature)
# Codecs whose records may need others of their pack.
RELATING = frozenset(codec.number for codec in TABLE if codec.relates)
# Those that every version and every installation reads.
PLAIN = frozenset(codec.number for codec in TABLE if not codec.feature)


def missing_packages() -> list[str]:
    """Packages of the extra ``codecs`` that are not installed."""
    wanted = {name for codec in TABLE for name in codec.packages}
    return sorted(name for name in wanted if importlib.util.find_spec(name) is None)
