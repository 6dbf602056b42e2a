"""What words of other notations name: fields, instruments, products, experiments, units, days; and what e-POP lacks."""

from __future__ import annotations

import re
from decimal import Decimal

from edexql.base.record import Record
from edexql.base.text import nearest
from edexql.language.diagnostics import quoted
from edexql.language.recovery.period_notations import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from edexql.compiler.notation.words import Word
    from edexql.model.field import Field
    from edexql.model.vocabulary import Vocabulary


class Unavailable(Record):
    """Something that cannot be asked for: what to say of it, and what can be done."""

    message: str
    way_out: str


_LIGHT = (
    "daylight at the ground cannot be queried; for the spacecraft write `eclipse umbra` (in the shadow of the Earth), "
    "for magnetic local night `mlt 18..6`"
)
_DAYLIGHT = (
    "daylight at the ground cannot be queried; for the spacecraft write `eclipse sunlit`, for magnetic local day "
    "`mlt 6..18`"
)
_ORDER = "all files of a query are listed, by time; `edexql select` selects some of them"
_INDEX = "eDEx is not known to have it; use the storm index `dst`, as in `dst <= -50`"
_AURORAL = "eDEx is not known to have it; use the auroral index `ae`, as in `ae >= 500`"
_PLASMA = "eDEx has no such field; for the solar wind use `solar-wind-speed`, `imf-by` or `imf-bz`"
_STORM = "use an index of geomagnetic activity, as in `kp >= 5` or `dst <= -50`"
_REGION = "use a latitude, as in `magnetic-latitude 60..90` or `latitude < 0`"
_ORBIT = "use the altitude, as in `altitude >= 1000` or `altitude < 400`"
_SUN = "the angle of the Sun cannot be queried; use `eclipse sunlit`, `eclipse penumbra` or `eclipse umbra`"

_UNAVAILABLE = {
    _LIGHT: "night nighttime night-time nightside dark darkness",
    _DAYLIGHT: "daytime day-time dayside daylight sunlight",
    _STORM: "storm storms stormy substorm substorms quiet disturbed active geomagnetic-storm storm-time",
    _REGION: "hemisphere southern northern south north polar polar-cap cusp auroral auroral-oval oval equator saa",
    _ORBIT: "apogee perigee",
    _ORDER: "limit order order-by top head first last offset sort group group-by count distinct sample",
    _INDEX: "asy-h asyh sym-d asy-d smr rc",
    _AURORAL: "ao sme sml smu pc pcn",
    _PLASMA: "np density proton-density pressure pdyn dynamic-pressure temperature tp imf-bx bx bt imf-b clock-angle",
    _SUN: "sza solar-zenith-angle solar-zenith zenith zenith-angle sun-angle solar-elevation sun-elevation",
}
_WAYS_OUT = {name: way_out for way_out, names in _UNAVAILABLE.items() for name in names.split()}


def plain_name(text: str) -> str:
    """A name in the form of the language: small letters and hyphens."""
    return "-".join(filter(None, text.lower().replace("_", "-").replace(".", "-").split("-")))


def field_named(text: str, vocabulary: Vocabulary) -> str | None:
    """The field, or `date`, that a name of any source means."""
    name = plain_name(text)
    for known in (name, name.replace("-", "")):
        if vocabulary.field(known) is not None:
            return vocabulary.canonical(known)
        if (key := vocabulary.synonyms.get(known)) is not None:
            return key
    return "date" if name == "date" else None


def unavailable(text: str, vocabulary: Vocabulary) -> Unavailable | None:
    """What there is to say of a name that means something the archive cannot be asked for."""
    way_out = _WAYS_OUT.get(plain_name(text))
    if way_out is None:
        return None
    if not all(word in vocabulary.fields for word in _FIELD.findall(way_out)):
        way_out = "`edexql vocabulary fields` lists what can be"
    return Unavailable(f"eDEx has no constraint `{plain_name(text)}`", way_out)


# A field that a way out names; `edexql select` is none.
_FIELD = re.compile(r"`(?!edexql )([a-z][a-z0-9-]*)")
_MOST_WORDS = 4
_MOST_OF_PERIOD = 12
_DAY = re.compile(r"(\d{4})[-/](\d\d?)(?:[-/](\d\d?))?(?:[T ](\d\d?):?(\d\d)?(?::(\d\d)(?:\.0+)?)?Z?)?", re.IGNORECASE)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)")
COMPASS = {"n": 1, "e": 1, "s": -1, "w": -1, "north": 1, "east": 1, "south": -1, "west": -1}
# Units that no field takes, in those that fields take.
_OTHER_UNITS = {
    "km": {
        **dict.fromkeys(("kilometers", "kilometres", "kilometer", "kilometre", "kms"), "1"),
        **dict.fromkeys(("meters", "metres", "meter", "metre"), "0.001"),
        **dict.fromkeys(("miles", "mile", "mi"), "1.609344"),
        **dict.fromkeys(("ft", "feet", "foot"), "0.0003048"),
        **dict.fromkeys(("nmi", "nm"), "1.852"),
    },
    "deg": {**dict.fromkeys(("deg", "degs", "grad", "degre", "degres", "d"), "1"), "rad": "57.29577951308232"},
    "h": dict.fromkeys(("h", "hrs", "hr", "heures", "heure", "stunden", "mlt", "lt"), "1"),
    "km/s": {**dict.fromkeys(("kms", "kmps", "km-s"), "1"), "mps": "0.001"},
    "nT": dict.fromkeys(("nt", "nanoteslas"), "1"),
    "sfu": dict.fromkeys(("s", "solar-flux-units"), "1"),
}
_HAS_DATA = frozenset(("has-data", "hasdata", "has", "data", "with-data"))
# Words that narrow a product down to nothing.
_OF_PRODUCTS = frozenset(("product", "products", "data", "files", "file", "all", "the", "level", "instrument", "type"))
_LEVELS = {"l1": "lv1", "l1b": "lv1b", "l2": "lv2", "l3": "lv3", "level1": "lv1", "level2": "lv2", "level3": "lv3"}
_PARTS = {**_LEVELS, "h5": "hdf5", "hdf": "hdf5", "image": "images", "netcdf": "netcdf", "nc": "netcdf"}


class Thing(Record):
    """A constraint without a range, as it is written; or products, and those beside them that may be meant."""

    key: str
    text: str
    products: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


class Archive:
    """The names of a vocabulary. `guess` is which of the nearest names to take a misspelt one for, None for none."""

    def __init__(self, vocabulary: Vocabulary, today: date, guess: int | None = None) -> None:
        self._vocabulary = vocabulary
        self._today = today
        self._guess = guess
        self.guessed = 0
        self.brackets = 0
        self.besides: tuple[str, ...] = ()

    def field(self, key: str) -> Field | None:
        return self._vocabulary.field(key)

    def values(self, key: str) -> list[str]:
        """The words that an instrument or a field of words takes; none for what takes numbers or days."""
        return list(self._vocabulary.values(key))

    def field_at(self, words: Sequence[Word], at: int) -> tuple[str, int] | None:
        """The field, instrument or `date` whose name stands in words, the longest, and how many words it has."""
        for count in range(_MOST_WORDS, 0, -1):
            part = words[at : at + count]
            if len(part) == count and all(word.kind == "name" for word in part):
                key = self._named("-".join(word.text for word in part))
                if key is not None:
                    return key, count
        if self._guess is not None and at < len(words) and words[at].kind == "name":
            names = [*self._vocabulary.constraint_names(), "date", "product"]
            near = nearest(words[at].text, names)
            self.guessed = max(self.guessed, len(near))
            if self._guess < len(near) and near[self._guess] != "product":
                return near[self._guess], 1
        return None

    def _named(self, name: str) -> str | None:
        key = field_named(name, self._vocabulary)
        if key is None and self._vocabulary.instrument(plain_name(name)) is not None:
            return self._vocabulary.canonical(plain_name(name))
        # A field keeps the name that it was given, where the language takes that.
        if key is not None and self._vocabulary.canonical(name) == key and "-" not in name[1:] and name.isascii():
            return name.lower()
        return key

    def thing_at(self, words: Sequence[Word], at: int) -> tuple[Thing, int] | None:
        """A product, an experiment, `has-data fai` or the value of a field of words that stands in words."""
        word = words[at]
        if plain_name(word.text) in _HAS_DATA:
            return self._has_data(words, at)
        name = plain_name(word.text)
        if name in ("product", "products"):
            match = self._product(words, at + 1)
            return None if match is None else (match[0], match[1] + 1)
        if name in ("experiment", "experiments"):
            return self._experiment(words, at)
        if self._vocabulary.product(name) is not None:
            return Thing("product", "", (self._vocabulary.canonical(name),)), 1
        for key in self._vocabulary.fields:
            if self._vocabulary.fields[key]["shape"] == "word" and name in self._vocabulary.values(key):
                return Thing(key, name), 1
        return None

    def product_at(self, words: Sequence[Word], at: int) -> tuple[Thing, int] | None:
        """The product that words name which begin with an instrument, as in `FAI images`."""
        if at + 1 >= len(words) or words[at + 1].kind != "name":
            return None
        parts = {part for name in self._vocabulary.products for part in name.split("-")} | set(_PARTS) | _OF_PRODUCTS
        if plain_name(words[at + 1].text) not in parts - {"instrument", "the", "all"}:
            return None
        return self._product(words, at)

    def more_at(self, words: Sequence[Word], at: int) -> tuple[Thing, int] | None:
        """One more product in a list of them; an instrument that is followed by its own value is none."""
        if at >= len(words) or words[at].kind not in ("name", "string"):
            return None
        key = self._vocabulary.canonical(plain_name(words[at].text))
        behind = plain_name(words[at + 1].text) if at + 1 < len(words) else ""
        if self._vocabulary.product(key) is None and self._vocabulary.instrument(key) is None:
            return None
        if behind in _HAS_DATA or behind in self._vocabulary.values(key) or behind in ("is", "=", ":"):
            return None
        return self._product(words, at)

    def named_in_text(self, text: str) -> Thing | None:
        """What a quoted text names: a field, or an experiment."""
        key = self._named(text)
        if key is not None:
            return Thing(key, "")
        tag = self._tag([text])
        return None if tag is None else Thing("experiment", tag)

    def _has_data(self, words: Sequence[Word], at: int) -> tuple[Thing, int] | None:
        behind = at
        while behind < len(words) and (
            plain_name(words[behind].text) in _HAS_DATA or words[behind].text.lower() in ("(", "of", "from", "for", "=")
        ):
            behind += 1
        if behind >= len(words) or words[behind].kind == "sign":
            return None
        key = self._vocabulary.canonical(plain_name(words[behind].text))
        if "has-data" not in self._vocabulary.values(key):
            return None
        bracket = any(word.text == "(" for word in words[at:behind])
        if bracket and (behind + 1 >= len(words) or words[behind + 1].text != ")"):
            return None
        return Thing(key, "has-data"), behind - at + 1 + bracket

    def _product(self, words: Sequence[Word], at: int) -> tuple[Thing, int] | None:
        first = at
        while at < len(words) and words[at].text.lower() in ("=", ":", "(", "is", "in", "like"):
            self.brackets += words[at].text == "("
            at += 1
        if at >= len(words) or words[at].kind not in ("name", "string"):
            return None
        name = plain_name(words[at].text)
        if self._vocabulary.product(name) is not None:
            return Thing("product", "", (self._vocabulary.canonical(name),)), at + 1 - first
        if words[at].kind == "string" and "%" in name and re.fullmatch(r"[a-z0-9%-]+", name):
            return Thing("product", "", (name.replace("%", "*"),)), at + 1 - first
        parts = {part for known in self._vocabulary.products for part in known.split("-")}
        wanted: set[str] = set()
        while at < len(words) and words[at].kind in ("name", "string", "number"):
            pieces = [_PARTS.get(piece, piece) for piece in plain_name(words[at].text).split("-")]
            if words[at].kind == "number" and plain_name(words[at - 1].text) in ("level", "lv", "l"):
                pieces = [f"lv{words[at].text}"]
            if not all(piece in parts or piece in _OF_PRODUCTS for piece in pieces):
                break
            wanted |= {piece for piece in pieces if piece not in _OF_PRODUCTS or piece == "data"}
            at += 1
        if not wanted:
            return self._nearest_product(words, at, first)
        matches = [known for known in self._vocabulary.products if wanted <= {*known.split("-")}]
        if not matches and "data" in wanted:
            matches = [known for known in self._vocabulary.products if wanted - {"data"} <= {*known.split("-")}]
        if not matches:
            return None
        sure = [known for known in matches if (entry := self._vocabulary.product(known)) and entry.confirmed] or matches
        self.besides = tuple(known for known in matches if known not in sure)
        key = next(iter(wanted & set(self._vocabulary.instruments)), None)
        every = [known for known in self._vocabulary.products if key and known.startswith(f"{key}-")]
        if len(sure) > 1 and sure == every:
            return Thing("product", "", (f"{key}-*",)), at - first
        return Thing("product", "", tuple(sure)), at - first

    def _nearest_product(self, words: Sequence[Word], at: int, first: int) -> tuple[Thing, int] | None:
        if self._guess is None or at >= len(words):
            return None
        near = nearest(words[at].text, self._vocabulary.products)
        self.guessed = max(self.guessed, len(near))
        if self._guess >= len(near):
            return None
        return Thing("product", "", (near[self._guess],)), at + 1 - first

    def _experiment(self, words: Sequence[Word], at: int) -> tuple[Thing, int] | None:
        texts: list[str] = []
        behind = at + 1
        while behind < len(words) and (
            words[behind].kind in ("name", "string") or words[behind].text in ("/", ":", "-", ",", "=", "..", ">")
        ):
            word = words[behind]
            if word.kind == "sign" or (texts and word.kind == "string") or not texts:
                texts.append("" if word.kind == "sign" else word.text)
            else:
                texts[-1] = f"{texts[-1]} {word.text}".strip()
            behind += 1
        tag = self._tag([text for text in texts if text])
        return None if tag is None else (Thing("experiment", tag), behind - at)

    def _tag(self, texts: list[str]) -> str | None:
        """The one experiment that texts name: its tag, with or without its group before it."""
        if not texts:
            return None
        known = [(group, tag) for group, (_, tags) in self._vocabulary.groups().items() for tag in tags]
        fits = [(group, tag) for group, tag in known if tag.lower() == texts[-1].lower()]
        if not fits and self._guess is not None and len(texts) == 1:
            fits = [(group, tag) for group, tag in known if texts[0].lower() in tag.lower()]
            self.guessed = max(self.guessed, len(fits))
        if len(texts) > 1:
            fits = [(group, tag) for group, tag in fits if group.lower() == texts[0].lower()]
        if len(fits) != 1 or len(texts) > 2:
            return None
        return " > ".join(map(quoted, fits[0]))

    def factor(self, words: Sequence[Word], at: int, field: Field) -> tuple[Decimal, int]:
        """What makes a value in the unit that stands in words one in the unit of a field, and how many words it has."""
        factor, taken = Decimal(1), 0
        if at < len(words) and words[at].text == "°" and field.unit == "deg":
            taken = 1
        elif at < len(words) and words[at].kind == "name" and field.unit:
            name = words[at].text
            if len(words) > at + 2 and words[at + 1].text == "/" and words[at + 2].kind == "name":
                name, taken = f"{name}/{words[at + 2].text}", 2
            known = {field.unit: 1, **dict(field.units)}
            given = known.get(name, known.get(name.lower(), _OTHER_UNITS.get(field.unit, {}).get(plain_name(name))))
            if given is not None:
                factor, taken = Decimal(str(given)), taken + 1
            else:
                taken = 0
        if field.unit == "deg" and len(words) > at + taken:
            turned = COMPASS.get(words[at + taken].text.lower())
            fits = "ns" if "latitude" in field.name else "ew"
            if turned is not None and words[at + taken].text.lower()[:1] in fits:
                return factor * turned, taken + 1
        return factor, taken

    def period_at(self, text: str, words: Sequence[Word], at: int) -> tuple[str, int] | None:
        """The date or period that stands in words of a text, and where it ends; None where none or two do."""
        if at >= len(words) or (words[at].kind == "sign" and words[at].text not in ("..", ">", "<", ">=", "<=")):
            return None
        for end in range(min(at + _MOST_OF_PERIOD, len(words)), at, -1):
            reading = read(text[words[at].start : words[end - 1].end], self._today)
            if reading is not None:
                return (reading.texts[0], end) if len(reading.texts) == 1 else None
        return None

    def moment(self, text: str) -> str | None:
        """A day, month, year or time as the language writes it."""
        text = text.strip()
        if re.fullmatch(r"(?:19|20)\d\d", text) or text.lower() == "today":
            return text.lower()
        match = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
        if match is None:
            return None
        year, month, day, hour, minute, second = (*match.groups(), None, None, None, None)[:6]
        assert month
        written = f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
        if hour is None:
            return written
        return f"{written}T{int(hour):02}:{minute or '00'}" + (f":{second}" if second and second != "00" else "")
