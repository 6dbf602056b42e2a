"""Files that are had from the page: a plan of downloading and unpacking them, requests by mail, and the ledger."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from urllib.parse import quote

from edexql.client.credentials import public_url
from edexql.client.delivery import ledger
from edexql.client.delivery.mail import ReportError, delivery_parameters, is_address, request_report
from edexql.model.answer import total
from edexql.server.archive import NotInArchive, real_path
from edexql.server.deliveries import accept_report
from edexql.server.errors import Diagnostic, RequestError, http_error
from edexql.web import answers, command_lines, upstream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edexql.compiler.request import Request
    from edexql.model.answer import File
    from edexql.web.workbench import Call

# Archives that are looked into for a plan.
_MOST_EXAMINED = 20
# Files that a browser is given addresses of; the command downloads more at once.
_MOST_LINKS = 100
# Of two requests for the same files at once, the later one sees the earlier one in the ledger.
_ONE_AT_A_TIME = threading.Lock()


def plan(call: Call) -> dict[str, Any]:
    """The command that downloads some files, their size, and what unpacking them writes, as far as that is known."""
    names = list(dict.fromkeys(call.values["files"]))
    if not names:
        raise RequestError(400, Diagnostic("S400", "`files` names no file", "files"))
    known = _known(names, call)
    there = dict(_in_archive(known, call))
    links = {file.name: f"{call.service.settings.base}/{quote(file.place)}" for file in known if file.name in there}
    return {
        "command": command_lines.download([links.get(name, name) for name in names]),
        "bytes": total(known).bytes if known else None,
        "links": [
            {"name": file.name, "href": f"../{quote(file.place)}", "size": there[file.name]}
            for file in [one for one in known if one.name in there][:_MOST_LINKS]
        ],
        "unpack": _unpacking(known, call),
    }


def _known(names: list[str], call: Call) -> list[File]:
    """The files of some names that the catalogue has; none where an eDEx is asked."""
    if call.workbench.catalogue is None:
        return []
    import numpy as np

    from edexql.catalogue.files import Files, positions_of

    catalogue = call.workbench.catalogue.current()
    places = [place for place in positions_of(names, catalogue) if place is not None]
    return list(Files.at(catalogue, np.array(places, np.int64)))


def _in_archive(files: list[File], call: Call) -> Iterator[tuple[str, int]]:
    """The names and sizes of those files that are in the archive here."""
    root = call.service.settings.archive
    for file in files if root is not None else []:
        with suppress(NotInArchive, OSError):
            yield file.name, os.stat(real_path(root, file.place)).st_size


def _absent(files: list[File], call: Call) -> int | None:
    """How many files are not in the archive here; None where an eDEx sends them."""
    root = call.service.settings.archive
    if root is None or call.workbench.upstream is not None:
        return None
    absent = 0
    for file in files:
        try:
            absent += not os.path.isfile(real_path(root, file.place))
        except (NotInArchive, OSError):
            absent += 1
    return absent


def _unpacking(files: list[File], call: Call) -> dict[str, Any] | None:
    """What unpacking writes of the zips that are in the archive here; None where there are none."""
    from edexql.client.unpack.model import UnpackError
    from edexql.client.unpack.plan import plan as planned

    root = call.service.settings.archive
    zips = [file for file in files if file.name.lower().endswith(".zip")] if root is not None else []
    # A folder that is not there: nothing stands in the way.
    target = os.path.join(call.service.settings.state, "unpacked")
    found: list[dict[str, Any]] = []
    for file in zips[:_MOST_EXAMINED]:
        try:
            path = real_path(root, file.place)
            if not os.path.isfile(path):
                continue
            done = planned(path, target)
        except (NotInArchive, OSError):
            continue
        except UnpackError as error:
            found.append({"name": file.name, "files": 0, "bytes": 0, "refused": [str(error)]})
            continue
        members, refused = list(done.files), [one.reason for one in done.refused]
        size = sum(member.size for member in members)
        found.append({"name": file.name, "files": len(members), "bytes": size, "refused": refused})
    if not found:
        return None
    return {
        "files": sum(one["files"] for one in found),
        "bytes": sum(one["bytes"] for one in found),
        "archives": found,
        "more": len(zips) - len(found),
    }


def requests(call: Call) -> dict[str, Any]:
    """The requests by mail that were made, the newest first. Raises LedgerError."""
    return {"requests": [entry.to_dict() for entry in ledger.entries(call.workbench.ledger)]}


def request(call: Call) -> dict[str, Any]:
    """Have files of a query sent by mail, or say what would be sent. Raises RequestError and LedgerError."""
    url, compiled = _delivery_url(call), upstream.compiled(call)
    email = call.values["email"] or str(compiled.parameters.get("email", ""))
    if not is_address(email):
        message = "the e-mail address is missing" if not email else "this is not an e-mail address"
        raise RequestError(400, Diagnostic("S400", message, "email", "write it as name@institute.example"))
    files = _chosen(call)
    texts = [file.text for file in files]
    parameters = delivery_parameters(compiled.parameters, texts, email)
    answer = {
        "files": len(files),
        "bytes": total(files).bytes,
        "absent": _absent(files, call),
        "service": public_url(url),
        "parameters": parameters,
    }
    if call.values["dry"]:
        return {**answer, "sent": False}
    with _ONE_AT_A_TIME:
        if not call.values["again"]:
            _check_first_time(call, json.dumps(parameters), url)
        number, text = _sent(call, compiled, texts, email, parameters)
    return {**answer, "sent": True, "number": number, "answer": text, "outbox": _outbox(call)}


def _outbox(call: Call) -> str | None:
    """The folder that the mail is put into; None where it is sent."""
    settings = call.service.settings
    is_here = call.workbench.upstream is None and settings.mail_server is None
    return os.path.join(settings.state, "outbox") if is_here else None


def _chosen(call: Call) -> list[File]:
    """The files that the call names, as they are listed for its query. Raises RequestError for others."""
    given, most = answers.given(call), call.service.settings.limits.files
    if len(given.files) + len(given.unknown) > most:
        message = f"the query gives more than {most:,} files"
        raise http_error(409, message, help="choose shorter periods or fewer products")
    files = {file.name: file for file in (*given.files, *given.unknown)}
    names = list(dict.fromkeys(call.values["files"]))
    if not names:
        help = "choose some of those that the query gives"
        raise RequestError(400, Diagnostic("S400", "`files` names no file", "files", help))
    limit = call.service.settings.limits.delivery_files
    if len(names) > limit:
        raise http_error(413, f"{len(names)} files are named; a delivery has at most {limit}")
    missing = [name for name in names if name not in files]
    if missing:
        message = f"{len(missing)} of these files are not among those of the query"
        raise http_error(409, message, help="ask for the files of the query again")
    return [files[name] for name in names]


def _delivery_url(call: Call) -> str:
    """The address that requests go to. Raises RequestError, 409, where nobody sends files."""
    service = call.workbench.upstream
    if service is not None and service.endpoints.delivery:
        return service.endpoints.delivery
    if service is None and call.service.settings.archive is not None:
        return f"{call.service.settings.base}/api_prepare_report"
    help = "start the workbench with --archive FOLDER, or with --upstream URL to have eDEx send them"
    raise http_error(409, "files cannot be sent: this workbench has no archive and asks no eDEx", help=help)


def _check_first_time(call: Call, wire: str, url: str) -> None:
    """Raises RequestError, 409, where the same was asked for, and its mail may still come."""
    entry = ledger.awaited(call.workbench.ledger, wire, public_url(url))
    if entry is not None:
        message = f"the same files were requested at {entry.steps[0].at}, as request {entry.number}"
        raise http_error(409, message, help="wait for its mail, or send `again` to request them once more")


def _sent(
    call: Call, compiled: Request, texts: list[str], email: str, parameters: dict[str, Any]
) -> tuple[int | None, str]:
    """Send a request, and give its number in the ledger and what it was answered. Raises RequestError."""
    service, path, text = call.workbench.upstream, call.workbench.ledger, call.source.text
    if service is not None:
        from edexql.client.http.session import session

        try:
            with session(service.network) as opened:
                receipt = request_report(
                    compiled, texts, email, service.endpoints, query=text, session=opened, ledger_path=path
                )
        except ReportError as error:
            raise upstream.failure(error) from error
        return receipt.number, receipt.text
    number = ledger.add(path, text, json.dumps(parameters), _delivery_url(call), texts)
    try:
        said = accept_report(parameters, call.service)
    except RequestError as error:
        ledger.set_receipt(path, number, "refused", "; ".join(one.message for one in error.diagnostics))
        raise
    ledger.set_receipt(path, number, "accepted", said)
    return number, said


def save(call: Call) -> dict[str, Any]:
    """Write the text to the file that the workbench was started with. Raises QueryFileError."""
    file = call.workbench.file
    if file is None:
        help = "start it as `edexql workbench FILE`, or download the query"
        raise http_error(409, "the workbench was started without a file", help=help)
    content = file.save(call.source.text, call.values["digest"])
    return {"name": file.name, "digest": content.digest}
