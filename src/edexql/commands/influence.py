"""`edexql influence`."""

from __future__ import annotations

import json
import sys

from edexql.base.table import table_lines
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
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from edexql.commands.parser import Parser
    from edexql.engines.influence import Amount, Influence, Influences
    from edexql.model.query import Query

DESCRIPTION = """\
Show what each constraint of a query, and each larger operand of its logic, contributes on a catalogue:
files and time without it, with it alone, and what it keeps out or lets in. Only times that files of the products
cover are counted. Files without information are counted separately, as unknown. A part that changes nothing has no
influence."""
EXAMPLE = "edexql influence -e 'product fai-lv1-hdf5-images; date 2019-05; fai has-data; kp >= 3'"


def arguments(parser: Parser) -> None:
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
        from edexql.engines.influence import influences

        try:
            influence = influences(query, asked.evidence)
        except ValueError as error:
            raise UsageError(str(error)) from error
        if options.output == "json":
            sys.stdout.write(json.dumps(_document(influence, query), indent=2) + "\n")
        else:
            sys.stdout.write(_written(influence, query))
    return FINE


def _document(influence: Influences, query: Query) -> dict[str, Any]:
    return {
        "whole": _amount(influence.whole),
        "parts": [
            {
                "number": part.number,
                "label": query.constraints[part.number - 1].label if part.number else None,
                "text": part.text,
                "without": _amount(part.without),
                "alone": _amount(part.alone),
                "keeps_out": _amount(part.keeps_out),
                "lets_in": _amount(part.lets_in),
                "influence": not part.none,
            }
            for part in influence.parts
        ],
    }


def _amount(amount: Amount) -> dict[str, int]:
    return {"files": amount.files, "seconds": amount.seconds, "unknown_files": amount.unknown}


def _written(influence: Influences, query: Query) -> str:
    head = ["", "", "without it", "alone", "keeps out", "lets in", ""]
    rows = [head] + [_row(part, query) for part in influence.parts]
    lines = "".join(f"{line}\n" for line in table_lines(rows))
    return f"the query gives {_text(influence.whole)}\n\n{lines}"


def _row(part: Influence, query: Query) -> list[str]:
    name = f"{part.number}" if part.number else part.text
    what = local.labelled_text(query.constraints[part.number - 1]) if part.number else ""
    cells = [
        _text(amount) if amount.files or amount.seconds or amount.unknown else "-"
        for amount in (part.keeps_out, part.lets_in)
    ]
    return [name, what, _text(part.without), _text(part.alone), *cells, "no influence" if part.none else ""]


def _text(amount: Amount) -> str:
    unknown = f", {amount.unknown} unknown" if amount.unknown else ""
    return f"{amount.files} file{'s' * (amount.files != 1)}, {duration(amount.seconds)}{unknown}"
