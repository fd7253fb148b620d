"""Whether the Parquet of `avahi-events convert` says what the JSON Lines of
`avahi-events parse` say, value by value, read by pyarrow and by DuckDB.

    same_as_json.py PROGRAM CAPTURE...
"""

import base64
import json
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from ipaddress import ip_address

import duckdb
import pyarrow as pa
import pyarrow.dataset

# What the captures do not say.
CLOCK = ["--zone", "UTC", "--year", "2026"]

DEFAULT = "__HIVE_DEFAULT_PARTITION__"


def nanoseconds(text):
    """Nanoseconds since 1970 of a time as RFC 3339 writes it."""
    whole, fraction = re.fullmatch(r"(.{19})(?:\.(\d+))?Z", text).groups()
    whole = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return int(whole.timestamp()) * 10**9 + int((fraction or "").ljust(9, "0"))


def json_lines(program, capture):
    """The events of a capture by their JSON; times in nanoseconds."""
    command = [program, "parse", "--lines", "--time", *CLOCK, capture]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
    events = [json.loads(line) for line in output.splitlines()]
    for event in events:
        if "time" in event:
            event["time"] = nanoseconds(event["time"])
    return events


def txt_string(string):
    """A string of TXT as JSON has it."""
    key, value = string["key"], string["value"]
    if key is None:
        return {"base64": base64.b64encode(value).decode()}
    if value is None:
        return {"key": key}
    try:
        return {"key": key, "value": value.decode()}
    except UnicodeDecodeError:
        return {"key": key, "base64": base64.b64encode(value).decode()}


def as_json(row):
    """The JSON of a row; `time` is in microseconds."""
    event = {"event": row["event"], "interface": row["interface"]}
    event |= {"protocol": row["protocol"], "domain": row["domain"]}
    event["line"] = row["line"]
    if row["time"] is not None:
        event["time"] = row["time"] * 1000 + row["nanos"]
    if row["name"] is not None:
        event |= {"name": row["name"], "type": row["type"]}
        if row["type_name"] is not None:
            event["type_name"] = row["type_name"]
        if row["name_bytes"] is not None:
            event["name_base64"] = base64.b64encode(row["name_bytes"]).decode()
        if row["name_lossy"]:
            event["name_lossy"] = True
    if row["event"] == "resolve":
        event |= {column: row[column] for column in ["host", "address", "port"]}
        event["txt"] = [txt_string(string) for string in row["txt"]]
        # The bytes say what the text says.
        address = ip_address(row["address"])
        if address.version == 4:
            address = ip_address(f"::ffff:{address}")
        assert address.packed == row["address_bytes"], row
    else:
        for column in ["host", "address", "address_bytes", "port", "txt"]:
            assert row[column] is None, row
    return event


def by_pyarrow(table):
    parts = pa.schema([("day", pa.date32()), ("stamp_host", pa.string())])
    partitioning = pyarrow.dataset.partitioning(parts, flavor="hive")
    read = pyarrow.dataset.dataset(table, partitioning=partitioning).to_table()
    assert read.schema.field("time").type == pa.timestamp("us", "UTC")
    assert read.schema.field("port").type == pa.uint16()
    time = read.column("time").cast(pa.int64())
    at = read.schema.get_field_index("time")
    return read.set_column(at, "time", time).to_pylist()


def by_duckdb(table):
    files = f"read_parquet('{table}/**/*.parquet', hive_partitioning = true)"
    columns = "* replace (epoch_us(time) as time)"
    cursor = duckdb.sql(f"select {columns} from {files}")
    rows = cursor.fetchall()
    names = cursor.columns
    return [dict(zip(names, row)) for row in rows]


def main():
    program, *captures = sys.argv[1:]
    expected = {capture: json_lines(program, capture) for capture in captures}
    with tempfile.TemporaryDirectory() as table:
        command = [program, "convert", *CLOCK, "-o", table, *captures]
        code = subprocess.run(command, check=False).returncode
        assert code in (0, 1), code  # some captures hold damaged lines
        for read in by_pyarrow, by_duckdb:
            rows = read(table)
            events = {capture: [] for capture in captures}
            for row in rows:
                if row["time"] is not None:
                    day = datetime.fromtimestamp(row["time"] // 10**6, timezone.utc)
                    assert str(row["day"]) == str(day.date()), row
                else:
                    assert row["day"] in (None, DEFAULT), row
                events[row["file"]].append(as_json(row))
            for capture in captures:
                found = sorted(events[capture], key=lambda event: event["line"])
                assert len(found) == len(expected[capture]), capture
                for wanted, event in zip(expected[capture], found):
                    assert event == wanted, (capture, event, wanted)
            print(f"{read.__name__}: {len(rows)} events of {len(captures)} captures are the same")


main()
