"""Spark over the Parquet files of an export: a session of the user's own, or a server of Spark Connect."""

from __future__ import annotations

import uuid
import warnings
from contextlib import suppress

from edexql.base.extras import extra
from edexql.engines.exports import place_of, reason, without_secrets
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_REMOTE = "sc://"
# A server that is gone is asked again for some seconds, not for ten minutes.
_TRIES, _LONGEST_WAIT = 4, 2000
# A text has to mean the same whatever is set for the user's own texts.
_SETTINGS = {"spark.sql.parser.escapedStringLiterals": "false", "spark.sql.variable.substitute": "false"}
_PARTITIONS = "spark.sql.shuffle.partitions"


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
        server = session if isinstance(session, str) else None
        if server is not None and not server.startswith(_REMOTE):
            raise EngineError(f"Spark Connect has an address that begins with {_REMOTE}, not {without_secrets(server)}")
        shown = without_secrets(place)
        self.place = f"{_server(server)}#{shown}" if server is not None else shown
        self.title = f"Spark on {shown}"
        if server is not None:
            self._session, self._own = self._connected(server), True
        else:
            beside = _beside(session)
            self._session, self._own = (session, False) if beside is None else (beside, True)
        if self._own:
            self._set()

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
        said = reason(error).replace(server, _server(server))
        for parameter in server.split(";")[1:]:
            said = said.replace(parameter, "***")
        return f"cannot reach Spark at {_server(server)}: {said}; check the address, and that Spark Connect runs there"

    def _set(self) -> None:
        """Set what the session of our own needs: as many partitions as the data have files, if those are fewer."""
        with suppress(Exception), warnings.catch_warnings():
            # Spark warns of each of them that is set at all.
            warnings.simplefilter("ignore")
            for name, value in _SETTINGS.items():
                self._session.conf.set(name, value)
        with suppress(Exception):
            select = f"SELECT * FROM {self.relation('ephemeris')}"  # noqa: S608
            files = len(self._session.sql(select).inputFiles())
            usual = int(self._session.conf.get(_PARTITIONS))
            self._session.conf.set(_PARTITIONS, str(max(2, min(usual, files))))

    def relation(self, table: str) -> str:
        path = f"{self._place}/{table}".replace("`", "``")
        return f"parquet.`{path}`"

    def marks(self) -> Mapping[str, str]:
        """What the files say, where this machine can read them too; Spark does not show it."""
        try:
            return place_of(self._place).marks()
        except Exception:  # noqa: BLE001  # the place is one of Spark's
            return {}

    def run(self, sql: str) -> Any:
        tag = f"edexql-{uuid.uuid4().hex}"
        session = self._session
        session.addTag(tag)
        try:
            return session.sql(sql).toArrow()
        except Exception as error:
            raise EngineError(self._reason(error)) from error
        except BaseException:
            with suppress(Exception):
                session.interruptTag(tag)
            raise
        finally:
            with suppress(Exception):
                session.removeTag(tag)

    def _reason(self, error: Exception) -> str:
        said = reason(error)
        if "PATH_NOT_FOUND" in said or "Path does not exist" in said:
            return f"Spark finds no export at {without_secrets(self._place)}: {said}"
        if "UNAVAILABLE" in str(error) or "Connection refused" in str(error):
            return f"the connection to {self.title} was lost: {said}; ask again when Spark runs"
        return f"{self.title}: {said}"

    def close(self) -> None:
        if self._own:
            _release(self._session)
            self._own = False


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


def _server(server: str) -> str:
    """The address of a server without its parameters, of which one may be a token."""
    return server.partition(";")[0].rstrip("/")
