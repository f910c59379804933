"""Write metrics in the text format of Prometheus, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/: lines that end with a
line feed; for each metric `# HELP`, `# TYPE`, then its samples. In help, backslashes
and line feeds are escaped; in the values of labels, double quotes too. By
https://prometheus.io/docs/practices/naming/ the names of counters end in `_total`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

_Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric and its samples.

    Attributes:
        name: Its name; a counter's ends in `_total`.
        help: What it says, for people.
        kind: Whether it goes up and down, or up alone.
        samples: A value for each set of labels, in the order to write.
    """

    name: str
    help: str
    kind: Literal["counter", "gauge"] = "gauge"
    samples: Sequence[tuple[_Labels, float]] = ()

    def __post_init__(self) -> None:
        if (self.kind == "counter") != self.name.endswith("_total"):
            raise ValueError(f"{self.name} is no name of a {self.kind}.")


def exposition(metrics: Iterable[Metric]) -> str:
    """The text that says what the metrics are, each name once, in their order."""
    return "".join(f"{line}\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    help = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    yield f"# HELP {metric.name} {help}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for labels, value in metric.samples:
        yield f"{metric.name}{_labels(labels)} {_number(value)}"


def _labels(labels: _Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(v)}"' for name, v in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    """A number as Go prints it: with an exponent from a million on."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if math.isnan(value):
        return "NaN"
    text = repr(float(value))
    whole, _, fraction = text.partition(".")
    if value < 0 or len(whole) < 7 or "e" in text:
        return text
    mantissa = f"{whole[0]}.{whole[1:]}{fraction}".rstrip("0").rstrip(".")
    return f"{mantissa}e+{len(whole) - 1:02d}"
