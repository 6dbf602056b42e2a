"""A server of Spark Connect at a port, until its input ends.

It prints the number of its Java machine, and for each line of its input a line when a statement runs.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time

from pyspark import SparkContext
from pyspark.sql import SparkSession

scratch = tempfile.mkdtemp(prefix="spark-")
settings = {
    "spark.ui.enabled": "false",
    "spark.driver.memory": "1g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.local.dir": scratch,
    "spark.sql.warehouse.dir": os.path.join(scratch, "warehouse"),
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
    "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.grpc.binding.port": sys.argv[1],
}
builder = SparkSession.builder.master("local[2]").appName("edexql")
for name, value in settings.items():
    builder = builder.config(name, value)
session = builder.getOrCreate()
print(SparkContext._gateway.proc.pid, flush=True)
for _ in sys.stdin:
    while not session.sparkContext.statusTracker().getActiveJobsIds():
        time.sleep(0.05)
    print("busy", flush=True)
session.stop()
shutil.rmtree(scratch, ignore_errors=True)
