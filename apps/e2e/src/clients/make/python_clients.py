"""Payloads as programs in Python write them: json, pydantic, orjson, and what goes wrong. Run by make.mjs; prints a case a line."""
import base64
import dataclasses
import datetime as dt
import decimal
import enum
import gzip
import json
import math
import os
import pickle
import sys
import time
import uuid
from typing import Any, Optional

import msgpack
import numpy
import orjson
import pydantic
import pydantic.alias_generators
import simplejson

os.environ["TZ"] = "America/Sao_Paulo"
time.tzset()
UTC = dt.timezone.utc
BASE = 1736942400.123456  # 2025-01-15T12:00:00.123456Z
count = 0


class Case:
    """An instant and a camera of its own."""

    def __init__(self):
        global count
        self.camera = f"cam_{1 + count % 12}"
        self.seconds = BASE + 10 * count
        self.ms = round(self.seconds * 1000)
        self.aware = dt.datetime.fromtimestamp(self.seconds, UTC)
        self.naive = dt.datetime.fromtimestamp(self.seconds)
        count += 1


def emit(client, name, body, case, **more):
    line = {"client": client, "name": name, "camera": case.camera}
    if isinstance(body, bytes):
        try:
            line["body"] = body.decode("utf-8")
        except UnicodeDecodeError:
            line["base64"] = base64.b64encode(body).decode()
    else:
        line["body"] = body
    ask = more.pop("ask", None)
    if ask:
        line["ask"] = ask
    if "refused" not in more and "reply" not in more:
        more.setdefault("at", case.ms)
    line.update(more)
    print(json.dumps(line, ensure_ascii=False))


def event(name, fields, dumps=json.dumps, client="Python json", **expect):
    """`fields` gets the case and gives the object."""
    case = Case()
    emit(client, name, dumps(fields(case)), case, **{k: (v(case) if callable(v) else v) for k, v in expect.items()})


def at(case, **more):
    return {"camera_id": case.camera, "timestamp": case.seconds, **more}


# --- the instant
def when(name, stamp, **expect):
    event(f"timestamp: {name}", lambda c: {"camera_id": c.camera, "timestamp": stamp(c)}, **expect)


when("time.time()", lambda c: c.seconds)
when("int(time.time())", lambda c: int(c.seconds), at=lambda c: int(c.seconds) * 1000)
when("int(time.time() * 1000)", lambda c: int(c.seconds * 1000), at=lambda c: int(c.seconds * 1000))
when("time.time() * 1000", lambda c: c.seconds * 1000)
when("time.time_ns()", lambda c: int(c.seconds * 1e6) * 1000)
when("time.time_ns() // 1000", lambda c: int(c.seconds * 1e6))
when("str(time.time())", lambda c: str(c.seconds))
when("str(time.time_ns())", lambda c: str(int(c.seconds * 1e6) * 1000))
when("f'{time.time():.3f}'", lambda c: f"{c.seconds:.3f}")
when("repr of a float with an exponent", lambda c: f"{c.seconds:.12e}")
when("datetime.now().isoformat()", lambda c: c.naive.isoformat(), assumed=True)
when("datetime.now().isoformat(timespec='milliseconds')", lambda c: c.naive.isoformat(timespec="milliseconds"), assumed=True)
when("datetime.now().isoformat(timespec='seconds')", lambda c: c.naive.isoformat(timespec="seconds"), assumed=True, at=lambda c: int(c.seconds) * 1000)
when("str(datetime.now())", lambda c: str(c.naive), assumed=True)
when("datetime.now(timezone.utc).isoformat()", lambda c: c.aware.isoformat())
when("str(datetime.now(timezone.utc))", lambda c: str(c.aware))
when("datetime.now(UTC).isoformat().replace('+00:00', 'Z')", lambda c: c.aware.isoformat().replace("+00:00", "Z"))
when("datetime.utcnow().isoformat() + 'Z'", lambda c: c.aware.replace(tzinfo=None).isoformat() + "Z")
when("datetime.utcnow().isoformat(), which says nothing of UTC", lambda c: c.aware.replace(tzinfo=None).isoformat(), assumed=True, at=lambda c: c.ms + 3 * 3600_000)
when("astimezone().isoformat()", lambda c: c.aware.astimezone().isoformat())
when("strftime('%Y-%m-%dT%H:%M:%S%z')", lambda c: c.aware.astimezone().strftime("%Y-%m-%dT%H:%M:%S%z"), at=lambda c: int(c.seconds) * 1000)
when("strftime('%Y-%m-%d %H:%M:%S')", lambda c: c.naive.strftime("%Y-%m-%d %H:%M:%S"), assumed=True, at=lambda c: int(c.seconds) * 1000)
when("logging's asctime", lambda c: c.naive.strftime("%Y-%m-%d %H:%M:%S,") + f"{c.naive.microsecond // 1000:03d}", assumed=True, at=lambda c: int(c.seconds * 1000))
when("datetime with no microseconds", lambda c: c.aware.replace(microsecond=0).isoformat(), at=lambda c: int(c.seconds) * 1000)
when("strftime('%c')", lambda c: c.naive.strftime("%c"), refused="timestamp", says="wanted an instant")
when("strftime('%d/%m/%Y %H:%M:%S')", lambda c: c.naive.strftime("%d/%m/%Y %H:%M:%S"), refused="timestamp", says="wanted an instant")
when("date.today().isoformat()", lambda c: c.naive.date().isoformat(), refused="timestamp", says="wanted an instant")
when("email.utils.formatdate()", lambda c: c.aware.strftime("%a, %d %b %Y %H:%M:%S GMT"), refused="timestamp", says="wanted an instant")
when("time.monotonic()", lambda c: 8123.55, refused="timestamp", says="between 2001 and 2100")
when("a timetuple", lambda c: list(c.naive.timetuple()), refused="timestamp", says="got a list")
when("None", lambda c: None, at="now")
when("float('nan')", lambda c: math.nan, at="now")
when("''", lambda c: "", at="now")
when("0, before the first picture", lambda c: 0, at="now")
event("timestamp: not there", lambda c: {"camera_id": c.camera}, at="now")

# --- no value
event("every optional field None", lambda c: at(c, event_id=None, event_type=None, end_timestamp=None, pre_seconds=None, post_seconds=None))
event("event_type None", lambda c: at(c, event_type=None))
event("event_id None", lambda c: at(c, event_id=None))
event("end_timestamp None, an event that goes on", lambda c: at(c, event_id="py-goes-on", end_timestamp=None), id="py-goes-on")
event("event_type ''", lambda c: at(c, event_type=""))
event("event_id ''", lambda c: at(c, event_id=""))
event("nan in known and unknown fields", lambda c: at(c, end_timestamp=math.nan, pre_seconds=math.nan, score=math.nan, box=[1.0, math.inf, -math.inf]))
event("'NaN' inside text stays", lambda c: at(c, event_type="NaN", note='she said "NaN", Infinity', score=math.nan), type="NaN")
event("dataclasses.asdict with None", lambda c: dataclasses.asdict(dataclasses.make_dataclass("E", ["camera_id", "timestamp", ("event_id", Optional[str], None), ("box", Any, None)])(c.camera, c.seconds)))

# --- numbers and text
event("event_type int", lambda c: at(c, event_type=3), type="3")
event("event_type float", lambda c: at(c, event_type=1.5), type="1.5")
event("event_id int", lambda c: at(c, event_id=4711), id="4711")
event("event_id 64 bits", lambda c: at(c, event_id=9007199254740993), id="9007199254740993")
event("event_id 128 bits", lambda c: at(c, event_id=uuid.UUID(int=2**127 + 1).int), id=str(2**127 + 1))
event("event_id uuid", lambda c: at(c, event_id=uuid.UUID(int=7)), lambda o: json.dumps(o, default=str), id=str(uuid.UUID(int=7)))
event("pre_seconds as text", lambda c: at(c, pre_seconds="5", post_seconds="2.5"), pre=5, post=2.5)
event("pre_seconds 0 and post_seconds 0.5", lambda c: at(c, pre_seconds=0, post_seconds=0.5), pre=0, post=0.5)
event("pre_seconds as Decimal, default=str", lambda c: at(c, pre_seconds=decimal.Decimal("7.25")), lambda o: json.dumps(o, default=str), pre=7.25)
event("pre_seconds as timedelta, default=str", lambda c: at(c, pre_seconds=dt.timedelta(seconds=5)), lambda o: json.dumps(o, default=str), refused="pre_seconds", says='got "0:00:05"')
event("pre_seconds negative", lambda c: at(c, pre_seconds=-5), refused="pre_seconds", says="wanted 0 to 86400")
event("pre_seconds '5s'", lambda c: at(c, pre_seconds="5s"), refused="pre_seconds", says='got "5s"')
event("event_type True", lambda c: at(c, event_type=True), refused="event_type", says="got true")
event("event_type a list", lambda c: at(c, event_type=["person", "car"]), refused="event_type", says="got a list")
event("event_type an Enum, default=str", lambda c: at(c, event_type=enum.Enum("Kind", ["PERSON"]).PERSON), lambda o: json.dumps(o, default=str), type="Kind.PERSON")
event("event_type a str Enum", lambda c: at(c, event_type=enum.StrEnum("Kind", ["PERSON"]).PERSON), type="person")
event("event_type with accents, ensure_ascii", lambda c: at(c, event_type="pessoa no portão"), type="pessoa no portão")
event("event_type with accents, utf-8", lambda c: at(c, event_type="pessoa no portão"), lambda o: json.dumps(o, ensure_ascii=False).encode(), type="pessoa no portão")
event("event_type with accents, latin-1", lambda c: at(c, event_type="pessoa no portão"), lambda o: json.dumps(o, ensure_ascii=False).encode("latin-1"), refused="", says="not UTF-8")
event("event_type with a line feed inside", lambda c: at(c, event_type="person\ncar"), refused="event_type", says="control characters")
event("event_type with blanks round it", lambda c: at(c, event_type=" person\n"), type="person")
event("event_id of 300 characters", lambda c: at(c, event_id="x" * 300), refused="event_id", says="at most 200")
event("end_timestamp as text", lambda c: at(c, end_timestamp=str(c.seconds + 4)), end=lambda c: c.ms + 4000)
event("end_timestamp before timestamp", lambda c: at(c, end_timestamp=c.seconds - 4), refused="end_timestamp", says="at or after timestamp")
event("numpy floats, default=float", lambda c: at(c, score=numpy.float32(0.93), timestamp=numpy.float64(c.seconds)), lambda o: json.dumps(o, default=float))
event("numpy ints as text, default=str", lambda c: {"camera_id": c.camera, "timestamp": numpy.int64(c.ms), "event_id": numpy.int32(9)}, lambda o: json.dumps(o, default=str), id="9")
event("a numpy float32 for the instant loses 128 s", lambda c: {"camera_id": c.camera, "timestamp": float(numpy.float32(c.seconds))}, at=lambda c: round(float(numpy.float32(c.seconds)) * 1000))

# --- the camera
event("`camera`", lambda c: {"camera": c.camera, "timestamp": c.seconds})
event("`camera` beside camera_id None", lambda c: {"camera": c.camera, "camera_id": None, "timestamp": c.seconds})
event("camera_id with blanks", lambda c: {"camera_id": f" {c.camera} ", "timestamp": c.seconds})
event("camera_id None", lambda c: {"camera_id": None, "timestamp": c.seconds, "source": c.camera}, refused="camera_id", says="got nothing")
event("camera_id inside data", lambda c: {"data": at(c)}, refused="camera_id", says="data.camera_id is there")
event("Frigate's event: before and after", lambda c: {"type": "new", "before": {"id": "1.1-a", "camera": c.camera, "start_time": c.seconds}, "after": {"id": "1.1-a", "camera": c.camera, "label": "person"}}, refused="camera_id", says="before.camera is there")
event("cameraId", lambda c: {"cameraId": c.camera, "timestamp": c.seconds}, refused="camera_id", says="cameraId is there")
event("camera an object", lambda c: {"camera": {"id": c.camera}, "timestamp": c.seconds}, refused="camera_id", says="got an object")

# --- other ways to write JSON
event("indent=2", lambda c: at(c, box=[1, 2]), lambda o: json.dumps(o, indent=2))
event("separators without blanks", lambda c: at(c), lambda o: json.dumps(o, separators=(",", ":")))
event("a line feed behind it", lambda c: at(c), lambda o: json.dumps(o) + "\n")
event("json.dumps of json.dumps", lambda c: at(c), lambda o: json.dumps(json.dumps(o)))
event("utf-8-sig", lambda c: at(c), lambda o: json.dumps(o).encode("utf-8-sig"))
event("utf-16", lambda c: at(c), lambda o: json.dumps(o).encode("utf-16"))
event("utf-16-le", lambda c: at(c), lambda o: json.dumps(o).encode("utf-16-le"))
event("a list of one", lambda c: [at(c)], refused="", says="got a list")
event("two lines", lambda c: at(c), lambda o: json.dumps(o) + "\n" + json.dumps(o), refused="", says="wanted JSON")
event("str(dict)", lambda c: at(c), str, refused="", says="json.dumps")
event("str(dict) with None", lambda c: at(c, event_id=None), str, refused="", says="json.dumps")
event("pickle", lambda c: at(c), pickle.dumps, refused="", says="wanted JSON")
event("msgpack", lambda c: at(c), msgpack.packb, refused="", says="wanted JSON")
event("gzip", lambda c: at(c), lambda o: gzip.compress(json.dumps(o).encode(), mtime=0), refused="", says="gzip")
event("base64", lambda c: at(c), lambda o: base64.b64encode(json.dumps(o).encode()), refused="", says="base64")
event("orjson: a naive datetime", lambda c: {"camera_id": c.camera, "timestamp": c.naive}, orjson.dumps, "Python orjson", assumed=True)
event("orjson: an aware datetime", lambda c: {"camera_id": c.camera, "timestamp": c.aware}, orjson.dumps, "Python orjson")
event("orjson: OPT_UTC_Z", lambda c: {"camera_id": c.camera, "timestamp": c.aware}, lambda o: orjson.dumps(o, option=orjson.OPT_UTC_Z), "Python orjson")
event("orjson: nan is null", lambda c: at(c, end_timestamp=math.nan, score=math.nan), orjson.dumps, "Python orjson")
event("orjson: uuid and enum", lambda c: at(c, event_id=uuid.UUID(int=8), event_type=enum.Enum("Kind", {"PERSON": "person"}).PERSON), orjson.dumps, "Python orjson", id=str(uuid.UUID(int=8)), type="person")
event("simplejson: ignore_nan", lambda c: at(c, pre_seconds=math.nan), lambda o: simplejson.dumps(o, ignore_nan=True), "Python simplejson")
event("simplejson: Decimal", lambda c: {"camera_id": c.camera, "timestamp": decimal.Decimal(str(c.seconds))}, simplejson.dumps, "Python simplejson")


# --- pydantic
class Kind(enum.Enum):
    PERSON = "person"
    CAR = "car"


class Event(pydantic.BaseModel):
    camera_id: str
    timestamp: float
    event_id: Optional[str] = None
    event_type: Optional[Kind] = None
    end_timestamp: Optional[float] = None
    pre_seconds: Optional[float] = None
    post_seconds: Optional[float] = None
    confidence: Optional[float] = None


class Dated(Event):
    timestamp: dt.datetime
    end_timestamp: Optional[dt.datetime] = None


class Lasting(Event):
    pre_seconds: Optional[dt.timedelta] = None


class Numbered(pydantic.BaseModel):
    camera_id: str
    timestamp: float
    event_id: int
    event_type: int


class Aliased(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(alias_generator=pydantic.alias_generators.to_camel, populate_by_name=True)
    camera_id: str
    timestamp: float


P = "pydantic"
dump = lambda model: model.model_dump_json()
event("model_dump_json: None for every optional field", lambda c: Event(camera_id=c.camera, timestamp=c.seconds), dump, P)
event("model_dump_json: an enum", lambda c: Event(camera_id=c.camera, timestamp=c.seconds, event_id="pd-1", event_type=Kind.CAR, confidence=0.9), dump, P, id="pd-1", type="car")
event("model_dump_json(exclude_none)", lambda c: Event(camera_id=c.camera, timestamp=c.seconds), lambda m: m.model_dump_json(exclude_none=True), P)
event("model_dump_json(indent=2)", lambda c: Event(camera_id=c.camera, timestamp=c.seconds, pre_seconds=3), lambda m: m.model_dump_json(indent=2), P, pre=3)
event("model_dump_json: an aware datetime", lambda c: Dated(camera_id=c.camera, timestamp=c.aware), dump, P)
event("model_dump_json: a datetime with an offset", lambda c: Dated(camera_id=c.camera, timestamp=c.aware.astimezone()), dump, P)
event("model_dump_json: a naive datetime", lambda c: Dated(camera_id=c.camera, timestamp=c.naive), dump, P, assumed=True)
event("model_dump_json: a naive end", lambda c: Dated(camera_id=c.camera, timestamp=c.aware, end_timestamp=c.naive + dt.timedelta(seconds=3)), dump, P, assumed=True, end=lambda c: c.ms + 3000)
event("json.dumps(model_dump(), default=str)", lambda c: Dated(camera_id=c.camera, timestamp=c.aware, event_type=Kind.CAR), lambda m: json.dumps(m.model_dump(), default=str), P, type="Kind.CAR")
event("json.dumps(model_dump(mode='json'))", lambda c: Dated(camera_id=c.camera, timestamp=c.aware), lambda m: json.dumps(m.model_dump(mode="json")), P)
event("json.dumps of model_dump_json()", lambda c: Event(camera_id=c.camera, timestamp=c.seconds), lambda m: json.dumps(m.model_dump_json()), P)
event("ints", lambda c: Numbered(camera_id=c.camera, timestamp=c.seconds, event_id=12, event_type=2), dump, P, id="12", type="2")
event("nan, which pydantic writes as null", lambda c: Event(camera_id=c.camera, timestamp=c.seconds, confidence=math.nan, end_timestamp=math.nan), dump, P)
event("a timedelta, which pydantic writes as PT5S", lambda c: Lasting(camera_id=c.camera, timestamp=c.seconds, pre_seconds=dt.timedelta(seconds=5)), dump, P, refused="pre_seconds", says='got "PT5S"')
event("by_alias in camel case", lambda c: Aliased(camera_id=c.camera, timestamp=c.seconds), lambda m: m.model_dump_json(by_alias=True), P, refused="camera_id", says="cameraId is there")
event("str(model)", lambda c: Event(camera_id=c.camera, timestamp=c.seconds), str, P, refused="", says="wanted JSON")
event("repr(model)", lambda c: Event(camera_id=c.camera, timestamp=c.seconds), repr, P, refused="", says="wanted JSON")


# --- requests
def ask(subject, name, fields, reply=None, client="Python json", dumps=json.dumps, refused=None, says=None):
    case = Case()
    more = {"reply": reply(case)} if reply else {"refused": refused, "says": says}
    emit(client, name, dumps(fields(case)), case, ask=subject, **more)


SNAPSHOT, CLIP, EXPORT = "seguranca.record.snapshot", "seguranca.record.clip", "seguranca.recording.export"
PROTECT, UNPROTECT, FRAME = "seguranca.record.protect", "seguranca.record.unprotect", "seguranca.camera.frame"
NO_FOOTAGE = lambda c: {"error": {"code": "no_footage"}}
KEPT = lambda c: {"camera_id": c.camera, "start": int(c.seconds), "end": int(c.seconds) + 30}
QUEUED = lambda c: {"clip_id": f"clip_{c.camera}_{int(c.seconds)}.000_{int(c.seconds) + 30}.000", "queued": True}
span = lambda c, **more: {"camera_id": c.camera, "start": int(c.seconds), "end": int(c.seconds) + 30, **more}
naive = lambda c, **more: {"camera_id": c.camera, "start": c.naive.replace(microsecond=0).isoformat(), "end": str(c.naive.replace(microsecond=0) + dt.timedelta(seconds=30)), **more}

ask(SNAPSHOT, "a snapshot: None for reason and request_id", lambda c: at(c, reason=None, request_id=None, event_id=None), NO_FOOTAGE)
ask(SNAPSHOT, "a snapshot: numeric request_id", lambda c: at(c, request_id=7, reason=12), NO_FOOTAGE)
ask(SNAPSHOT, "a snapshot: a naive datetime", lambda c: {"camera_id": c.camera, "timestamp": c.naive.isoformat()}, NO_FOOTAGE)
ask(SNAPSHOT, "a snapshot: `camera`", lambda c: {"camera": c.camera, "timestamp": str(c.seconds)}, NO_FOOTAGE)
ask(SNAPSHOT, "a snapshot: yesterday", lambda c: {"camera_id": c.camera, "timestamp": "yesterday"}, refused="timestamp", says="wanted an instant")
ask(SNAPSHOT, "a snapshot: str(dict)", lambda c: at(c), dumps=str, refused="", says="json.dumps")
ask(CLIP, "a clip: None for reason and request_id", lambda c: span(c, reason=None, request_id=None), QUEUED)
ask(CLIP, "a clip: numbers as text, request_id a number", lambda c: span(c, start=str(int(c.seconds)), request_id=9), QUEUED)
ask(CLIP, "a clip: milliseconds", lambda c: span(c, start=int(c.seconds) * 1000, end=(int(c.seconds) + 30) * 1000), QUEUED)
ask(CLIP, "a clip: naive datetimes", naive, lambda c: {**QUEUED(c), "timestamp_assumed": True})
ask(CLIP, "a clip: the end first", lambda c: span(c, end=int(c.seconds) - 1), refused="end", says="after the start")
ask(CLIP, "a clip: no end", lambda c: span(c, end=None), refused="end", says="got nothing")
ask(EXPORT, "an export", span, QUEUED)
ask(EXPORT, "an export: `camera`", lambda c: {"camera": c.camera, "start": int(c.seconds), "end": int(c.seconds) + 30}, QUEUED)
ask(EXPORT, "an export of nothing", lambda c: {"camera_id": c.camera}, refused="start", says="got nothing")
ask(PROTECT, "a protection: None for expires and by", lambda c: span(c, reason="trial", expires=None, by=None), KEPT)
ask(PROTECT, "a protection: a number for a reason", lambda c: span(c, reason=726), lambda c: {**KEPT(c), "reason": "726"})
ask(PROTECT, "a protection: naive datetimes", lambda c: naive(c, reason="trial"), lambda c: {**KEPT(c), "timestamp_assumed": True})
ask(PROTECT, "a protection: no reason", span, refused="reason", says="got nothing")
ask(UNPROTECT, "an unprotection: None for reason", lambda c: {"protection_id": f"{c.camera}-1736942400000-0123456789ab", "reason": None, "by": None}, lambda c: {"error": {"code": "not_found", "message": f"protection_id: there is no protection {c.camera}-1736942400000-0123456789ab, or not any more"}})
ask(UNPROTECT, "an unprotection of nothing", lambda c: {"protection_id": None}, refused="protection_id", says="got nothing")
FRAME_TAKEN = lambda c: None
jpeg = base64.b64encode(open(sys.argv[1], "rb").read()).decode()
ask(FRAME, "a frame: url, data None", lambda c: at(c, url="http://10.0.0.9/f.jpg", data=None), FRAME_TAKEN)
ask(FRAME, "a frame: data, url None", lambda c: at(c, url=None, data=jpeg), FRAME_TAKEN)
ask(FRAME, "a frame: data, url ''", lambda c: at(c, url="", data=jpeg), FRAME_TAKEN)
ask(FRAME, "a frame: a naive datetime, None for the rest", lambda c: {"camera_id": c.camera, "timestamp": c.naive.isoformat(), "url": "http://10.0.0.9/f.jpg", "fps": None, "resolution": None}, FRAME_TAKEN)
ask(FRAME, "a frame: neither url nor data", lambda c: at(c, url=None, data=None), refused="url", says="wanted url or data")
ask(FRAME, "a frame: a path for a url", lambda c: at(c, url="/tmp/f.jpg"), refused="url", says="wanted http:// or https://")
