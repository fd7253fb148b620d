"""Whether DataFusion and Spark, asked in SQL of the Parquet of many hosts, find
what `avahi-events report` finds in the capture of each.

    same_as_report.py PROGRAM TABLE CAPTURE...

Each capture is of one host, which its stamps name; those of one may name none.
"""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from ask import ENGINES

QUESTIONS = Path(__file__).parent / "questions"


def report(program, capture, *arguments):
    """The report of one capture."""
    command = [program, "report", "--format", "json", "--zone", "UTC", *arguments, capture]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def service_of(service):
    return service["name"], service["type"], service["domain"]


def reported(program, captures):
    """The answers by `report`, and the host of each capture."""
    services_by_host, lost, two_hosts = set(), {}, set()
    for capture in captures:
        with open(capture, encoding="utf-8", errors="replace") as lines:
            stamp_host = next(lines).split()[1]
        if ";" in stamp_host:  # the event follows the time
            stamp_host = None
        whole = report(program, capture)
        assert not whole["unread"], capture
        for service in whole["services"]:
            for place in service["places"]:
                if place["host"] is not None:
                    services_by_host.add((stamp_host, place["host"], *service_of(service)))
        warnings = [w["text"] for w in whole["warnings"] if w["kind"] == "two_hosts"]
        for service in whole["services"]:
            about = f'"{service["name"]}" ({service["type"]}) is held by '
            if any(text.startswith(about) for text in warnings):
                two_hosts.add((stamp_host, *service_of(service)))
        first, last = whole["from"][:10], whole["to"][:10]
        for day in days(first, last):
            of_day = report(program, capture, "--since", day, "--until", day)
            for service in of_day["services"]:
                if service["removed"]:
                    lost[(stamp_host, day, *service_of(service))] = service["removed"]
    return services_by_host, lost, two_hosts


def days(first, last):
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield str(day)
        day += timedelta(days=1)


def main():
    program, table, *captures = sys.argv[1:]
    services_by_host, lost, two_hosts = reported(program, captures)
    assert services_by_host and lost and two_hosts
    for engine, connect in ENGINES.items():
        ask = connect(table)

        def answer(question):
            rows = ask((QUESTIONS / f"{question}.sql").read_text())
            # A host that is not known is this to DataFusion, and null to Spark.
            unknown = "__HIVE_DEFAULT_PARTITION__"
            return [tuple(None if v == unknown else v for v in row.values()) for row in rows]

        assert set(answer("services_by_host")) == services_by_host
        assert {row[:-1]: row[-1] for row in answer("lost")} == lost
        assert set(answer("two_hosts")) == two_hosts
        print(
            f"{engine}: the same {len(services_by_host)} services by host, {len(lost)} services "
            f"lost on a day, {len(two_hosts)} names of two hosts, of {len(captures)} captures"
        )


main()
