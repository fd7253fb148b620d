"""What an engine need not read of a table, question by question: files, row
groups, bytes and time, as DataFusion counts them.

    pruned.py TABLE DAY HOST NAME

NAME is that of a service which is there.
"""

import re
import sys
import time
from pathlib import Path

from ask import datafusion


def questions(day, host, name):
    name = name.replace("'", "''")
    of_day = f"day = '{day}'"
    of_host = f"{of_day} and stamp_host = '{host}'"
    minutes = f"time >= timestamp '{day}T12:00:00Z' and time < timestamp '{day}T12:10:00Z'"
    return {
        "all columns, all rows": "select * from events",
        "one column, all rows": "select type from events",
        "one day": f"select type from events where {of_day}",
        "one day, one host": f"select type from events where {of_host}",
        "ten minutes of a day": f"select type from events where {of_day} and {minutes}",
        "the same, without `day`": f"select type from events where {minutes}",
        "a service of a host, a day": f"select * from events where {of_host} and name = '{name}'",
        "a name that is nowhere": f"select * from events where name = '{name}!'",
    }


def sizes(table):
    files = list(Path(table).rglob("*.parquet"))
    return len(files), sum(file.stat().st_size for file in files)


BYTES = {"": 1, "B": 1, "K": 1e3, "M": 1e6, "G": 1e9, "KB": 1e3, "MB": 1e6, "GB": 1e9}


def metric(plan, name, part):
    """The sum of a metric that is printed as `9 total → 4 matched`."""
    found = re.findall(rf"{name}=([\d.]+) ?(\w*) total → ([\d.]+) ?(\w*) matched", plan)
    return sum(float(it[part]) * BYTES[it[part + 1]] for it in found)


def main():
    table, *arguments = sys.argv[1:]
    ask = datafusion(table)
    files, size = sizes(table)
    print(f"{files} files, {size / 1e6:.0f} MB\n")
    print("| asked | files opened | row groups read | MB read | rows | s |")
    print("| --- | --- | --- | --- | --- | --- |")
    for what, sql in questions(*arguments).items():
        begin = time.monotonic()
        rows = ask(f"explain analyze {sql}")
        seconds = time.monotonic() - begin
        plan = "\n".join(row["plan"] for row in rows)
        opened = int(re.search(r"files_opened=(\d+)", plan).group(1))
        groups = metric(plan, "row_groups_pruned_bloom_filter", 2)
        scanned = re.search(r"bytes_scanned=([\d.]+) ?(\w*)", plan)
        scanned = float(scanned.group(1)) * BYTES[scanned.group(2)] / 1e6
        found = re.search(r"output_rows=([\d.]+ ?\w*)", plan).group(1)
        print(f"| {what} | {opened} | {groups:.0f} | {scanned:.2f} | {found} | {seconds:.2f} |")


main()
