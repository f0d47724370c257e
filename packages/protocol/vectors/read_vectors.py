"""Reads vectors.json by the layouts of docs/PROTOCOL.md, with nothing but Python's standard library.

It is the proof that the document suffices to write a client, and a start for one. It shares no code with
Limpet. Run it: `python3 read_vectors.py`; it prints how many vectors of each group it understood, and fails
on the first that it reads otherwise than the file says.
"""

import json
import pathlib
import re
import struct
import sys

MAX_SAFE = 2**53 - 1
MAX_PAYLOAD_BYTES = 65536
MAX_CHECKPOINT_BYTES = 1024 * 1024 - 1024
RECORD_HEADER = struct.Struct(">BBHIQQ")  # kind, flags, reserved, payload bytes, offset, time
DATA_HEADER = struct.Struct(">BI")  # frame kind, attachment
CHECKPOINT_HEADER = struct.Struct(">BIBHHQ")  # frame kind, attachment, flags, columns, rows, offset
INPUT_HEADER = struct.Struct(">BIBQ")  # frame kind, attachment, flags, sequence


class Malformed(Exception):
    """What the protocol calls MESSAGE_MALFORMED."""


def need(condition, why):
    if not condition:
        raise Malformed(why)


def read_record(data, at):
    """Returns the record that begins at `at`, and where the next one begins."""
    need(len(data) - at >= RECORD_HEADER.size, "torn header")
    kind, flags, _reserved, size, offset, time_us = RECORD_HEADER.unpack_from(data, at)
    need(1 <= size <= MAX_PAYLOAD_BYTES, "impossible payload size")
    need(offset + size <= MAX_SAFE and time_us <= MAX_SAFE, "number above 2^53-1")
    begin = at + RECORD_HEADER.size
    need(len(data) >= begin + size, "torn payload")
    payload = data[begin : begin + size]
    record = {
        "kind": kind,
        "isContinued": bool(flags & 1),
        "offset": offset,
        "timeUs": time_us,
        "payload": payload.hex(),
    }
    return record, begin + size


def read_fact(record):
    """What a record says; None stands for "skip it"."""
    kind = record["kind"]
    unknown = {"type": "unknown", "kind": kind}
    if kind in (1, 2):
        return {"type": "output", "stream": "stdout" if kind == 1 else "stderr"}
    if kind not in (3, 5, 6, 255) or (record["isContinued"] and kind != 255):
        return unknown
    try:
        value = json.loads(bytes.fromhex(record["payload"]).decode("utf-8"))
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Malformed("a fact is not JSON") from error
    if kind == 5:
        return read_marker(value) or unknown
    need(isinstance(value, dict), "a fact is no object")
    if kind == 3:
        size = {name: value.get(name) for name in ("columns", "rows")}
        need(all(is_integer(cells, 1, 1000) for cells in size.values()), "impossible size")
        return {"type": "resize", "size": size}
    if kind == 6:
        need({"code", "signal", "durationMs"} <= value.keys(), "an exit lacks a field")
        return {"type": "exit", "exit": {name: value[name] for name in ("code", "signal", "durationMs")}}
    gap = {name: value.get(name) for name in ("from", "to")}
    need(all(is_integer(place, 0, MAX_SAFE) for place in gap.values()), "a gap without places")
    need(gap["from"] < gap["to"], "a gap goes forwards")
    return {"type": "gap", "gap": gap}


def read_marker(value):
    fields = {
        "responder": ("type", "viewer", "from"),
        "output-discarded": ("type", "stream"),
        "control": ("type", "viewer"),
        "log": ("type", "isDurable", "reason"),
    }
    names = fields.get(value.get("type")) if isinstance(value, dict) else None
    return names and {"type": "marker", "marker": {name: value[name] for name in names}}


def is_integer(value, least, most):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def read_frame(data):
    """Returns what a binary frame holds, or None when its kind is to be ignored."""
    need(len(data) > 0, "empty frame")
    if data[0] == 1:
        need(len(data) >= DATA_HEADER.size, "torn header")
        _kind, attachment = DATA_HEADER.unpack_from(data)
        records, at = [], DATA_HEADER.size
        while at < len(data):
            record, at = read_record(data, at)
            read_fact(record)
            records.append(record)
        return {"attachment": attachment, "records": records}
    if data[0] == 2:
        need(len(data) >= INPUT_HEADER.size, "torn header")
        _kind, attachment, flags, sequence = INPUT_HEADER.unpack_from(data)
        payload = data[INPUT_HEADER.size :]
        is_last = bool(flags & 2)
        need(1 <= sequence <= MAX_SAFE, "impossible sequence")
        need(len(payload) <= MAX_PAYLOAD_BYTES and (payload or is_last), "impossible input size")
        return {
            "attachment": attachment,
            "isAnswer": bool(flags & 1),
            "isLast": is_last,
            "sequence": sequence,
            "payload": payload.hex(),
        }
    if data[0] == 3:
        need(len(data) >= CHECKPOINT_HEADER.size, "torn header")
        _kind, attachment, flags, columns, rows, offset = CHECKPOINT_HEADER.unpack_from(data)
        payload = data[CHECKPOINT_HEADER.size :]
        need(is_integer(columns, 1, 1000) and is_integer(rows, 1, 1000), "impossible size")
        need(offset <= MAX_SAFE and len(payload) <= MAX_CHECKPOINT_BYTES, "impossible checkpoint")
        return {
            "attachment": attachment,
            "offset": offset,
            "columns": columns,
            "rows": rows,
            "isExact": bool(flags & 1),
            "payload": payload.hex(),
        }
    return None


def read_envelope(text):
    """Returns one of request, notification, result, error."""
    try:
        message = json.loads(text)
    except ValueError as error:
        raise Malformed("not JSON") from error
    need(isinstance(message, dict), "not one object")
    need(message.get("jsonrpc") == "2.0", "not JSON-RPC 2.0")
    identity = message.get("id")
    has_id = is_integer(identity, -MAX_SAFE, MAX_SAFE) or (isinstance(identity, str) and len(identity) <= 128)
    if isinstance(message.get("method"), str):
        need(has_id or "id" not in message, "impossible id")
        return "request" if has_id else "notification"
    if has_id and "result" in message:
        return "result"
    need("error" in message and (has_id or ("id" in message and identity is None)), "no message")
    return "error"


def bytes_of(vector):
    return bytes.fromhex(vector["hex"].replace(" ", "")) + bytes(vector.get("zeroBytesAfter", 0))


def expect(actual, expected, vector):
    if actual != expected:
        sys.exit(f"{vector['name']}:\n  read     {actual}\n  expected {expected}")


def expect_malformed(read, vector):
    try:
        read()
    except Malformed:
        return
    sys.exit(f"{vector['name']}: read without complaint")


def main():
    file = pathlib.Path(__file__).with_name("vectors.json")
    vectors = json.loads(file.read_text(encoding="utf-8"))
    for vector in vectors["records"]:
        data = bytes_of(vector)
        record, end = read_record(data, 0)
        expect(end, len(data), vector)
        expect({**record, "fact": read_fact(record)}, vector["decoded"], vector)
        for cut in range(len(data)):
            expect_malformed(lambda part=data[:cut]: read_record(part, 0), vector)
    for vector in vectors["dataFrames"] + vectors["inputFrames"] + vectors["checkpointFrames"]:
        expect(read_frame(bytes_of(vector)), vector["decoded"], vector)
    for vector in vectors["ignoredFrames"]:
        expect(read_frame(bytes_of(vector)), None, vector)
    for vector in vectors["faultyFrames"]:
        expect_malformed(lambda data=bytes_of(vector): read_frame(data), vector)
    for vector in vectors["controlMessages"]:
        kind = read_envelope(json.dumps(vector["message"]))
        expected = next(name for name in ("method", "result", "error") if name in vector["message"])
        if expected == "method":
            expected = "request" if "id" in vector["message"] else "notification"
        expect(kind, expected, vector)
    for vector in vectors["faultyMessages"]:
        if vector["code"] == "MESSAGE_MALFORMED":
            expect_malformed(lambda text=vector["text"]: read_envelope(text), vector)
        else:  # the envelope is sound; the host refuses what is in it
            expect(read_envelope(vector["text"]), "request", vector)
            expect(bool(re.fullmatch("METHOD_NOT_FOUND|PARAMETERS_INVALID", vector["code"])), True, vector)
    groups = (
        "records",
        "dataFrames",
        "inputFrames",
        "checkpointFrames",
        "ignoredFrames",
        "faultyFrames",
        "controlMessages",
        "faultyMessages",
    )
    print(*(len(vectors[group]) for group in groups))


main()
