"""What every other part uses, and nothing of eDEx.

errors      the root of the errors that users meet
extras      optional packages
files/      files and folders on every system
json_forms  the JSON that edexql writes and takes, as types
json_text   JSON from outside: strictly read, within limits; how deep brackets are nested
record      frozen values, made without `dataclasses`, which costs start-up time
type_names  names that annotations use, imported when the annotations are read
stdlib      JSON and dates of the standard library, without the start-up time of their packages
system      the system that this runs on: what it has and what it lacks
table       rows of cells to lines whose columns stand under each other
text        text in messages, made safe for terminals; which known word was meant; what two texts have in common
units       sizes of files: read and written; lengths of time: written
utf16       offsets as browsers and editors count them, and as Python does
version     the version

`text` is imported when it is first used: of a query with nothing wrong there is nothing to say.
"""

__all__ = ["text"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.base import text
else:

    def __getattr__(name: str) -> object:
        if name != "text":
            raise AttributeError(f"module 'edexql.base' has no attribute {name!r}")
        from importlib import import_module

        return import_module("edexql.base.text")
