"""The root of the errors that users meet: `except edexql.EdexqlError` catches all of them.

EdexqlError
  QueryError          a query has errors; it carries the diagnostics
  QueryValueError     a value of which no query can be made; a ValueError too
  CheckError          a check that another tool registered ended in an error
  EditError           an edit is refused, and the query stays as it was
  SqlError            a query cannot be written as SQL; a ValueError too
  VocabularyError     a vocabulary file cannot be used; a ValueError too
  ConfigurationError  a configuration cannot be used; a ValueError too
  NoAddressError      the mission of the vocabulary has no such service; a ValueError too
  CatalogueError      a catalogue is not there, damaged, or in use
    DamagedError      a file of it has other bytes than it was written with
  EngineError         an engine cannot answer: its place or tables are not there, its connection is lost
  UnknownFileError    a catalogue or an answer has no such file; a LookupError too
  ServiceError        the service could not be reached, or answers in another way than eDEx
    ReportError       files were not asked for, or it is not known whether they were
    MissingFolderError  a folder of the archive that there is not
    ExchangeError     a request or its answer is refused; a requests.RequestException too
      UnsentError     nothing of the request was sent
  LedgerError         the ledger of requests cannot be used
  SelectionError      a selection cannot be used; a ValueError too
  PickError           a word chooses no file; a ValueError too
  StrategyError       a download strategy does not accept what is named; a ValueError too
  ManifestError       the record of downloads in a folder cannot be used; a ValueError too
  NoManifestError     the manifest of an export cannot be used
  DatabaseError       a database cannot be filled: it is not reached, or what it has is not replaced
  PictureError        a picture cannot be made: what it shows is not known, or a package is missing
  QueryFileError      the file of a workbench cannot be read or written
  UnpackError         an archive cannot be unpacked, and nothing of it was
  MissingExtra        an optional package is not installed; an ImportError too
"""

from __future__ import annotations


class EdexqlError(Exception):
    """What edexql cannot do, in words for a person; the errors of the parts are kinds of it."""

    __module__ = "edexql"
