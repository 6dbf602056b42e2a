"""Spark over the Parquet files of an export: a session of the user's own, or a server of Spark Connect.

Spark reads the manifest itself, as only Spark may see the place. The files that it names are temporary views of the
session of our own: a folder may have files of another state beside them.
"""

from __future__ import annotations

import re
import uuid
import warnings
from contextlib import suppress
from urllib.parse import unquote

from edexql.base.extras import extra
from edexql.catalogue.export import manifest
from edexql.catalogue.export.manifest import NoManifestError
from edexql.engines.exports import TABLES, check_sizes, marks_of, reason, without_secrets
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from edexql.catalogue.export.manifest import Manifest

_REMOTE = "sc://"
# A server that is gone is asked again for some seconds, not for ten minutes.
_TRIES, _LONGEST_WAIT = 4, 2000
# A text has to mean the same whatever is set for the user's own texts.
_SETTINGS = {"spark.sql.parser.escapedStringLiterals": "false", "spark.sql.variable.substitute": "false"}
_PARTITIONS = "spark.sql.shuffle.partitions"
# What Spark says where a session is gone: the server is, was started again, or let it go.
_GONE = (
    "UNAVAILABLE",
    "Connection refused",
    "SESSION_CHANGED",
    "SESSION_CLOSED",
    "SESSION_NOT_FOUND",
    "NO_ACTIVE_SESSION",
)
# The parts of the path of a file: table, satellite, month, name.
_DEPTH = 4


class Spark:
    """Spark, asked in a session of our own beside that of the user, which is not changed and not stopped.

    `session` is a `pyspark.sql.SparkSession`, classic or of Connect, or the address of a server, `sc://host:15002`.
    `place` is where Spark finds the export: `s3a://bucket/folder`, a folder.
    """

    name = "spark"
    dialect = "spark"

    def __init__(self, session: Any, place: str) -> None:
        extra("pyspark.sql", "spark")
        extra("pyarrow", "spark")
        self._place = place.rstrip("/")
        self._mark = uuid.uuid4().hex
        self._manifest: Manifest | None = None
        server = session if isinstance(session, str) else None
        self._given = session
        if server is not None and not server.startswith(_REMOTE):
            raise EngineError(f"Spark Connect has an address that begins with {_REMOTE}, not {without_secrets(server)}")
        shown = without_secrets(place)
        self.place = f"{_server(server)}#{shown}" if server is not None else shown
        self.title = f"Spark on {shown}"
        self._own = False
        self._open: Any = None
        self._spark()

    def _spark(self) -> Any:
        """The session that is asked: made again where that of before was lost. Raises EngineError."""
        if self._open is None:
            if isinstance(self._given, str):
                self._open, self._own = self._connected(self._given), True
            else:
                beside = _beside(self._given)
                self._open, self._own = (self._given, False) if beside is None else (beside, True)
            if self._own:
                self._set()
        return self._open

    def _forget(self) -> None:
        """Let go of the session that is asked, and of what is known of the export."""
        if self._own:
            _release(self._open)
        self._open, self._own, self._manifest = None, False, None

    def _connected(self, server: str) -> Any:
        """A session with a server, which is ours."""
        extra("pyspark.sql.connect.session", "spark")
        from importlib import import_module

        kind = import_module("pyspark.sql.connect.session").SparkSession
        try:
            session = kind.builder.remote(server).create()
        except Exception as error:  # noqa: BLE001  # of gRPC, of the address and of Spark
            raise EngineError(self._lost(error, server)) from None
        with suppress(Exception):
            policy = import_module("pyspark.sql.connect.client.retries").DefaultPolicy
            session.client.set_retry_policies([policy(max_retries=_TRIES, max_backoff=_LONGEST_WAIT)])
        try:
            session.sql("SELECT 1").collect()
        except Exception as error:  # noqa: BLE001  # as before
            _release(session)
            raise EngineError(self._lost(error, server)) from None
        return session

    def _lost(self, error: Exception, server: str) -> str:
        # Parameters behind the address have tokens.
        said = _said(error).replace(server, _server(server))
        for parameter in server.split(";")[1:]:
            said = said.replace(parameter, "***")
        return f"cannot reach Spark at {_server(server)}: {said}; check the address, and that Spark Connect runs there"

    def _set(self) -> None:
        """Set what the session of our own needs, so that a text means the same in each."""
        with suppress(Exception), warnings.catch_warnings():
            # Spark warns of each of them that is set at all.
            warnings.simplefilter("ignore")
            for name, value in _SETTINGS.items():
                self._open.conf.set(name, value)

    def _opened(self) -> Manifest:
        """The manifest of the export, of whose files there are views then. Raises EngineError."""
        if self._manifest is not None:
            return self._manifest
        shown = without_secrets(self._place)
        session = self._spark()
        try:
            ((text,),) = session.read.text(f"{self._place}/{manifest.NAME}", wholetext=True).collect()
            found = manifest.read(text.encode())
            check_sizes(found, self._sizes(), self.title)
            for table in TABLES:
                self._show(table, found)
        except NoManifestError as error:
            raise EngineError(f"{shown} cannot be read as an export: {error}") from error
        except EngineError:
            raise
        except Exception as error:
            raise self._failure(error) from error
        self._part(found)
        self._manifest = found
        return found

    def _sizes(self) -> dict[str, int]:
        """The sizes of the files below the place; what is in them is not read."""
        listed = self._open.read.format("binaryFile").option("recursiveFileLookup", "true")
        rows = listed.option("pathGlobFilter", "*.parquet").load(self._place).select("path", "length").collect()
        return {"/".join(unquote(path).split("/")[-_DEPTH:]): length for path, length in rows}

    def _show(self, table: str, found: Manifest) -> None:
        """Make a view of the files of a table, which are parted by the folders below that of the table."""
        reader = self._open.read.option("basePath", f"{self._place}/{table}")
        files = reader.parquet(*(f"{self._place}/{path}" for path in found.paths(table)))
        files.createOrReplaceTempView(_view(self._mark, table))

    def _part(self, found: Manifest) -> None:
        """As many partitions as the positions have files, if those are fewer than usual."""
        if self._own:
            with suppress(Exception):
                usual = int(self._open.conf.get(_PARTITIONS))
                self._open.conf.set(_PARTITIONS, str(max(2, min(usual, len(found.paths("ephemeris"))))))

    def relation(self, table: str) -> str:
        self._opened()
        return _view(self._mark, table)

    def marks(self) -> Mapping[str, str]:
        return marks_of(self._opened())

    def run(self, sql: str) -> Any:
        tag = f"edexql-{uuid.uuid4().hex}"
        session = self._spark()
        session.addTag(tag)
        try:
            return session.sql(sql).toArrow()
        except Exception as error:
            # A server that was started again has no views; an export that was written again has other files.
            self._manifest = None
            raise self._failure(error) from error
        except BaseException:
            with suppress(Exception):
                session.interruptTag(tag)
            raise
        finally:
            with suppress(Exception):
                session.removeTag(tag)

    def _failure(self, error: Exception) -> EngineError:
        """What a failure is called. A session that is gone is made again when something is asked the next time."""
        said = _said(error)
        if "PATH_NOT_FOUND" in said or "Path does not exist" in said:
            return EngineError(
                f"Spark finds no export of this version at {without_secrets(self._place)}: {said};"
                " `edexql catalogue export` writes one, with a manifest"
            )
        if any(word in str(error) for word in _GONE):
            self._forget()
            again = "ask again when Spark runs, and it is opened again"
            if not isinstance(self._given, str):
                again = "where the session that was given has ended, make an engine of a new one"
            return EngineError(f"the connection to {self.title} was lost: {said}; {again}")
        return EngineError(f"{self.title}: {said}")

    def close(self) -> None:
        if self._open is None:
            return
        for table in TABLES:
            with suppress(Exception):
                self._open.catalog.dropTempView(_view(self._mark, table))
        self._forget()


def _view(mark: str, table: str) -> str:
    """The name of the view of a table, which no view of the user's has."""
    return f"edexql_{mark}_{table}"


def _beside(session: Any) -> Any:
    """A session beside another, with its settings and its catalogues; None where Spark is too old for one."""
    if hasattr(session, "cloneSession"):
        with suppress(Exception):
            return session.cloneSession()
    try:
        made = session.newSession()
    except Exception:  # noqa: BLE001  # clients before 4.3 have none
        return None
    with suppress(Exception):
        for name, value in session.conf.getAll.items():
            with suppress(Exception):
                if session.conf.isModifiable(name):
                    made.conf.set(name, value)
    return made


def _release(session: Any) -> None:
    """Let go of a session of Connect. A classic one holds nothing, and stopping it would stop all of Spark."""
    client = getattr(session, "client", None) if type(session).__module__.startswith("pyspark.sql.connect") else None
    if client is not None:
        with suppress(Exception):
            client.release_session()
        with suppress(Exception):
            client.close()


def _said(error: Exception) -> str:
    """The first line of an error; of one of gRPC, which is a dump, what stands in its details."""
    details = re.search(r'^\s*details = "(.+)"', str(error), re.MULTILINE)
    return reason(RuntimeError(details[1])) if details else reason(error)


def _server(server: str) -> str:
    """The address of a server without its parameters, of which one may be a token."""
    return server.partition(";")[0].rstrip("/")
