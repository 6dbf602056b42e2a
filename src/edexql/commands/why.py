"""`edexql why`."""

from __future__ import annotations

import json
import sys

from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.base.units import duration
from edexql.commands import engines, local
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import (
    add_catalogue,
    add_colour,
    add_engine,
    add_inputs,
    add_output,
    add_quiet,
    add_setting,
)
from edexql.model.period import moment
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from edexql.commands.parser import Parser
    from edexql.engines.evidence import Evidence
    from edexql.engines.why import Reason, Why
    from edexql.model.answer import File
    from edexql.model.query import Query

DESCRIPTION = """\
Explain why a file of a catalogue matches a query or not: for each constraint, whether it matches in
the time span of the file, whether the result would change without it, and the nearest time at which it matches."""
EXAMPLE = """edexql why FAI_lv1_h5_20190501_150534_151306_6.0.0.zip -e 'date 2019-05-01; kp >= 5'"""


def arguments(parser: Parser) -> None:
    name = parser.add_argument(
        "name", metavar="NAME", help="a file: its name in the catalogue, or its number in the answer"
    )
    name.completer = _names  # type: ignore[attr-defined]  # read by argcomplete
    add_inputs(parser)
    add_catalogue(parser)
    add_engine(parser)
    add_output(parser)
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    options = engines.settled(options)
    setting, folder = local.settings(options)
    query = local.one_query(options, setting)
    with engines.asked(engines.choice(options), options, setting.vocabulary or load(), folder) as asked:
        from edexql.engines.why import UnknownFileError, name_of_number, why

        name = options.name
        if name.isdecimal():
            try:
                name = name_of_number(name, query, asked.evidence)
            except UnknownFileError as error:
                raise UsageError(str(error)) from None
        try:
            explanation = why(name, query, asked.evidence)
        except UnknownFileError:
            raise UsageError(f"the catalogue has no file {name}{_near(name, asked.evidence)}") from None
        if options.output == "json":
            sys.stdout.write(json.dumps(_document(explanation), indent=2) + "\n")
        else:
            sys.stdout.write(_written(explanation, query))
    return FINE


def _names(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Names of files that begin so, for completion."""
    if parsed_args.prompt is not None and parsed_args.catalogue is None:
        parsed_args.catalogue = parsed_args.prompt.catalogue
    with local.opened_catalogue(local.catalogue_folder(parsed_args), None) as catalogue:
        from edexql.catalogue.files import names_that_begin

        return [name for name in names_that_begin(prefix, catalogue, 200) if name.startswith(prefix)]


def _near(name: str, evidence: Evidence) -> str:
    from edexql.base.text import did_you_mean, nearest

    help = did_you_mean(nearest(name, evidence.names_that_begin(name[:6], 2000)))
    return f": {help}" if help else ""


def _document(explanation: Why) -> dict[str, Any]:
    return {
        "file": explanation.file.name,
        **_reason(explanation.whole),
        "remarks": list(explanation.remarks),
        "constraints": [_reason(reason) for reason in explanation.constraints],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    document = {
        "number": reason.number,
        "state": reason.state,
        "matched_seconds": reason.matched,
        "unknown_seconds": reason.unknown,
        "decisive": reason.decisive,
        "nearest": None if reason.nearest is None else [moment(second) for second in reason.nearest],
        "seconds_apart": reason.apart,
    }
    if reason.number is None:
        del document["number"], document["decisive"]
    return document


def _written(explanation: Why, query: Query) -> str:
    lines = [f"{printable(explanation.file.name)}: {explanation.whole.state}{_how_long(explanation.whole)}"]
    lines += [f"  {printable(remark)}" for remark in explanation.remarks]
    rows = [_row(reason, query, explanation.file) for reason in explanation.constraints]
    lines += table_lines(rows)
    if explanation.whole.nearest:
        lines.append(f"the nearest match of the query is at {_nearest(explanation.whole, explanation.file)}")
    return "\n".join(lines) + "\n"


def _row(reason: Reason, query: Query, file: File) -> list[str]:
    assert reason.number is not None
    state = reason.state + _how_long(reason)
    near = f"nearest {_nearest(reason, file)}" if reason.nearest else ""
    if reason.decisive:
        near = "; ".join(filter(None, (near, "without it the result would change")))
    return [f"{reason.number}", local.labelled_text(query.constraints[reason.number - 1]), state, near]


def _how_long(reason: Reason) -> str:
    parts = [duration(reason.matched)] if reason.matched else []
    if reason.unknown:
        parts.append(f"no information for {duration(reason.unknown)}")
    return f" ({', '.join(parts)})" if parts and reason.state == "matched" else ""


def _nearest(reason: Reason, file: File) -> str:
    assert reason.nearest is not None
    assert reason.apart is not None
    start, end = reason.nearest
    side, at = ("later", start) if start >= (file.end or 0) else ("earlier", end)
    return f"{moment(at)}, {duration(max(abs(reason.apart), 1))} {side}"
