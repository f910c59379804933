"""The table of codecs: what there is to know of each without loading it."""

import importlib.util
import sys
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


def is_made_here(package: str) -> bool:
    """Tell whether a package can be had on this system, as pyproject.toml says.

    There is no wheel, and no source, of lepton-jpeg-python for the others. JPEG files
    stay as they are there.
    """
    import platform

    machines = {"darwin": "arm64", "linux": "x86_64", "win32": "AMD64"}
    if package != "lepton_jpeg_python" or sys.platform not in machines:
        return True
    return platform.machine() == machines[sys.platform]


def wanted_packages(*names: str) -> list[str]:
    """List the packages that codecs need, as far as they can be had on this system.

    Args:
        names: Of which codecs; all, if none is named.
    """
    chosen = [codec for codec in TABLE if not names or codec.name in names]
    wanted = {package for codec in chosen for package in codec.packages}
    return sorted(filter(is_made_here, wanted))


def missing_packages() -> list[str]:
    """Packages of the extra ``codecs`` that are not installed, and could be."""
    wanted = wanted_packages()
    return [name for name in wanted if importlib.util.find_spec(name) is None]
