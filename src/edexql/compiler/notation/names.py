"""What other sources call the fields, and what they have that e-POP's archive cannot be asked for."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Vocabulary

# Names that mean a field of ours, as other archives, indices and papers write them. They are suggested, never taken.
_OTHER_NAMES = {
    "latitude": "glat geolat geo-lat gdlat geodetic-latitude geographic-latitude geog-lat latitud breite lats sat-lat",
    "longitude": "glon glong geolon geo-lon gdlon geographic-longitude geog-lon long lng laenge lons sat-lon",
    "altitude": "height hgt alti altitude-km alt-km elevation hoehe sat-alt galt",
    "magnetic-latitude": "maglat mag-lat magnetic-lat mlatitude cgmlat geomagnetic-latitude",
    "magnetic-longitude": "maglon mag-lon magnetic-lon mlongitude geomagnetic-longitude",
    "mlt": "mag-local-time mltime magnetic-time local-magnetic-time",
    "qd-latitude": "qdlat qd-lat qlat quasi-dipole-latitude quasidipole-latitude apex-latitude",
    "qd-longitude": "qdlon qd-lon qlon quasi-dipole-longitude quasidipole-longitude",
    "qd-mlt": "qdmlt quasi-dipole-mlt",
    "aacgm-latitude": "aacgmlat aacgm-lat aacgm-mlat aacgmv2-lat",
    "aacgm-longitude": "aacgmlon aacgm-lon aacgm-mlon aacgmv2-lon",
    "aacgm-mlt": "aacgmmlt aacgmv2-mlt",
    "dipole-latitude": "dipole-lat diplat",
    "dipole-longitude": "dipole-lon diplon",
    "kp": "kp-index kpindex kp-value planetary-k planetary-k-index kp3h",
    "ap": "ap-index apindex",
    "dst": "dst-index dstindex",
    "ae": "ae-index aeindex",
    "f107": "f10 f107-index f10.7cm f10-7cm f107cm solar-flux solarflux flux-10-7 f10-7-flux",
    "imf-bz": "bz-gsm bz-imf b-z bzgsm imfbz imf-bz-gsm",
    "imf-by": "by-gsm by-imf b-y bygsm imfby imf-by-gsm",
    "solar-wind-speed": "sw-speed swspeed v-sw wind-speed flow-speed solar-wind-velocity vsolarwind solar-wind",
    "orbit": "orbit-no orbit-nr orbitnumber orbit-num rev revolution",
    "attitude-accuracy": "accuracy attitude-quality att-accuracy",
    "date": "time datetime day days utc timestamp period epoch date-time",
}
OTHER_NAMES = {name: field for field, names in _OTHER_NAMES.items() for name in names.split()}


@record(frozen=True, slots=True)
class Unavailable:
    """Something that cannot be asked for: what to say of it, and what can be done."""

    message: str
    way_out: str


_LIGHT = (
    "the archive has no condition on daylight at the ground; for the spacecraft write `eclipse umbra` (in the shadow "
    "of the Earth), for magnetic local night `mlt 18..6`"
)
_DAYLIGHT = (
    "the archive has no condition on daylight at the ground; for the spacecraft write `eclipse sunlit`, for magnetic "
    "local day `mlt 6..18`"
)
_ORDER = "a query only says which files are meant: all are listed, by time; `edexql select` picks some of them"
_INDEX = "the archive is not known to have it; the storm index that it may have is `dst`, as in `dst <= -50`"
_AURORAL = "the archive is not known to have it; the auroral index that it may have is `ae`, as in `ae >= 500`"
_PLASMA = "the archive has no such field; of the solar wind it may have `solar-wind-speed`, `imf-by` and `imf-bz`"
_STORM = "say how disturbed it was by an index, as in `kp >= 5` or `dst <= -50`"
_REGION = "the archive has no regions; say where by latitude, as in `magnetic-latitude 60..90` or `latitude < 0`"
_ORBIT = "the archive has no places of the orbit; say how high it was, as in `altitude >= 1000` or `altitude < 400`"
_SUN = "the archive has no angle of the Sun; of light it has `eclipse sunlit`, `eclipse penumbra` and `eclipse umbra`"

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
        if (field := OTHER_NAMES.get(known)) is not None and (field == "date" or vocabulary.field(field) is not None):
            return field
    return "date" if name == "date" else None


def unavailable(text: str) -> Unavailable | None:
    """What there is to say of a name that means something the archive cannot be asked for."""
    way_out = _WAYS_OUT.get(plain_name(text))
    return None if way_out is None else Unavailable(f"there is no condition `{plain_name(text)}`", way_out)
