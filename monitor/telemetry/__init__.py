"""What whoever runs specwatch sees of it: lines of a log, metrics, its health, and a ping that says all is well."""

from monitor.telemetry.bench import TimedBench
from monitor.telemetry.log import Log
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.serving import Health, Serving

__all__ = ["Health", "Log", "Metrics", "Serving", "TimedBench"]
