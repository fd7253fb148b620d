"""Whether the Parquet of `avahi-events convert` says what the JSON Lines of
`avahi-events parse` say, value by value, read by pyarrow and by DuckDB.

    same_as_json.py PROGRAM CAPTURE...

Beside the captures it reads one that holds what strangers might send.
"""

import base64
import json
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from ipaddress import ip_address
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset

# What the captures do not say.
CLOCK = ["--zone", "UTC", "--year", "2026"]

# Names that are no text, TXT of all kinds, times to the nanosecond and odd ones,
# hosts that are no names of files.
HOSTILE = rb"""+;eth0;IPv4;a\255b;_x._tcp;local
=;eth0;IPv6;a;_x._udp;local;h.local;::1.2.3.4;0;"k=v" "K" "k=" "=v" "" "k=\200\001" "\200=1" "q=\"\\;\000"
+;e%c0;IPv4;\000\027\226\128\174;Dr%ccker;loc%cl
-;(null);IPv6;a;_x._tcp;local
+;;;example.org
2026-11-22T10:58:46.439528123Z +;eth0;IPv4;a;_x._tcp;local
1969-12-31T23:59:59.999999999Z +;eth0;IPv4;a;_x._tcp;local
9999-12-30T00:00:00.5Z +;eth0;IPv4;a;_x._tcp;local
2026-11-22T00:00:00Z ../a=b%%2F avahi-browse[1]: +;eth0;IPv4;a;_x._tcp;local
<30>1 2026-11-22T00:00:00.1+01:00 __NODE__ avahi-browse 1 - - -;eth0;IPv4;a;_x._tcp;local
<30>1 - 007 avahi-browse 1 - - -;eth0;IPv4;a;_x._tcp;local
""" % (0xFF, 0xFC, 0xFC)
HOSTS = {
    9: "../a=b%2F",
    10: "__NODE__",
    11: "007",
}


def nanoseconds(text):
    """Nanoseconds since 1970 of a time as RFC 3339 writes it."""
    whole, fraction = re.fullmatch(r"(.{19})(?:\.(\d+))?Z", text).groups()
    whole = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return int(whole.timestamp()) * 10**9 + int((fraction or "").ljust(9, "0"))


def json_lines(program, capture):
    """The events of a capture by their JSON; times in nanoseconds."""
    command = [program, "parse", "--lines", "--time", *CLOCK, capture]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    output = run.stdout
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
    parts = "hive_types = {'day': varchar, 'stamp_host': varchar}"
    files = f"read_parquet('{table}/**/*.parquet', hive_partitioning = true, {parts})"
    columns = "* replace (epoch_us(time) as time)"
    cursor = duckdb.sql(f"select {columns} from {files}")
    rows = cursor.fetchall()
    names = cursor.columns
    return [dict(zip(names, row)) for row in rows]


def day_of(row):
    """The day of a row, which its directory has to say."""
    if row["time"] is None:
        return None
    return str(datetime.fromtimestamp(row["time"] // 10**6, timezone.utc).date())


def check(read, table, hostile, expected):
    """Compares all rows with the events that each capture has."""
    events = {capture: [] for capture in expected}
    for row in read(table):
        day = row["day"] and str(row["day"])
        assert day == day_of(row), row
        if row["file"] == hostile:
            assert row["stamp_host"] == HOSTS.get(row["line"]), row
        events[row["file"]].append(as_json(row))
    for capture, wanted in expected.items():
        found = sorted(events[capture], key=lambda event: event["line"])
        assert len(found) == len(wanted), capture
        for event, other in zip(found, wanted):
            assert event == other, (capture, event, other)
    count = sum(map(len, events.values()))
    print(f"{read.__name__}: the same {count} events of {len(events)} captures")


def main():
    program, *captures = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        hostile = f"{directory}/hostile.txt"
        Path(hostile).write_bytes(HOSTILE)
        captures.append(hostile)
        expected = {capture: json_lines(program, capture) for capture in captures}
        assert len(expected[hostile]) == HOSTILE.count(b"\n")
        table = f"{directory}/events"
        command = [program, "convert", *CLOCK, "-o", table, *captures]
        code = subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode
        assert code in (0, 1), code  # some captures hold lines that are no events
        for read in by_pyarrow, by_duckdb:
            check(read, table, hostile, expected)


main()
