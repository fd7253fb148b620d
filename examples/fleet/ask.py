"""Asks questions in SQL of a table that `avahi-events convert` wrote.

    ask.py datafusion|spark TABLE QUESTION.sql...

Prints the rows of each answer as JSON Lines, and on standard error how long it
took.
"""

import json
import os
import sys
import time
from pathlib import Path


def datafusion(table):
    """A function from SQL to rows, by Apache DataFusion in this process."""
    import pyarrow as pa
    from datafusion import SessionConfig, SessionContext

    # The engine reads row groups and pages only where their statistics and
    # Bloom filters do not rule a row out, and there tests each row as it reads.
    config = SessionConfig({"datafusion.execution.parquet.pushdown_filters": "true"})
    context = SessionContext(config)
    parts = [("day", pa.string()), ("stamp_host", pa.string())]
    context.register_parquet("events", table, table_partition_cols=parts)
    return lambda sql: context.sql(sql).to_arrow_table().to_pylist()


def spark(table):
    """A function from SQL to rows, by Apache Spark with two local workers."""
    from pyspark.sql import SparkSession

    # All of it is on this machine, whose name need not be known to DNS.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    builder = SparkSession.builder.master("local[2]").appName("fleet")
    settings = {
        "spark.driver.memory": "4g",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.session.timeZone": "UTC",
        # A host that is called 007 is no number.
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.read.parquet(table).createOrReplaceTempView("events")
    return lambda sql: [row.asDict(True) for row in session.sql(sql).collect()]


ENGINES = {"datafusion": datafusion, "spark": spark}


def main():
    engine, table, *questions = sys.argv[1:]
    ask = ENGINES[engine](table)
    for question in questions:
        begin = time.monotonic()
        rows = ask(Path(question).read_text())
        seconds = time.monotonic() - begin
        name = Path(question).stem
        print(f"{engine} {name}: {len(rows)} rows in {seconds:.1f} s", file=sys.stderr)
        for row in rows:
            print(json.dumps(row, default=str))


if __name__ == "__main__":
    main()
