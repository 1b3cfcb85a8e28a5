"""Every metric of the hub: name, kind, labels and what it means. Pure; `docs/metrics.md` is printed from it.

Names follow Prometheus' own practice (prometheus.io/docs/practices/naming): base units at the end, counters
end in `_total`, which is added where they are written. No label names a device or a person: those are many.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from msgspec import Struct

PREFIX: Final = "hemei_"


class Kind(StrEnum):
    """A counter only grows while the hub runs; a gauge is how it is now; an info is 1, for its labels."""

    COUNTER = "counter"
    GAUGE = "gauge"
    INFO = "info"


class Metric(Struct, frozen=True):
    """One metric; `name` without prefix and ending."""

    name: str
    kind: Kind
    text: str
    labels: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Its name as Prometheus has it."""
        ending = {Kind.COUNTER: "_total", Kind.GAUGE: "", Kind.INFO: "_info"}[self.kind]
        return f"{PREFIX}{self.name}{ending}"


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, text, labels)


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.GAUGE, text, labels)


COUNTED: Final = (
    _counter("messages", "Messages received from the broker.", "channel"),
    _counter("rejected", "Messages that were not understood.", "reason"),
    _counter("events_committed", "Events written to the ledger."),
    _counter("events_repeated", "Events that came again and were dropped, being in the ledger."),
    _counter("events_missed", "Events that devices numbered but that never came."),
    _counter("outdated", "States older than the one known, left aside."),
    _counter("telemetry_shed", "Telemetry messages dropped under overload."),
    _counter("samples_written", "Measurements written to history."),
    _counter("samples_shed", "Measurements dropped because history could not be written for too long."),
    _counter("samples_refused", "Measurements that the server of history refused for good."),
    _counter("commit_failures", "Times that the ledger could not be written; the events wait."),
    _counter("link_losses", "Times that the link to the broker was lost."),
    _counter("late_results", "Results of actions that came after the action had been given up."),
    _counter("media_failures", "Pictures and clips that could not be kept."),
)
"""Plain numbers of `hub.counters.Counters`."""

FIGURES: Final = (
    Metric("build", Kind.INFO, "Version of the product and of Python.", ("version", "python")),
    _gauge("devices", "Devices and driver hosts by kind and by what is known of them.", "kind", "status"),
    _gauge("link_online", "1 while there is a link to the broker."),
    _gauge("events_waiting", "Events not yet in the ledger."),
    _gauge("events_lag_seconds", "Age of the oldest event that is not yet in the ledger."),
    _gauge("samples_waiting", "Measurements not yet in history."),
    _gauge("samples_lag_seconds", "Age, at most, of the oldest measurement that is not yet in history."),
    _gauge(
        "history_buffered_bytes",
        "Measurements on disk that wait for InfluxDB; absent without it.",
    ),
    _gauge("ledger_size_bytes", "Size of the ledger, measured once an hour."),
    _gauge("history_size_bytes", "Size of the embedded history, measured once an hour."),
    _gauge("media_size_bytes", "Size of pictures and clips, measured once an hour."),
    _gauge("disk_size_bytes", "Room on the disk that the hub writes to, used or not."),
    _gauge("disk_free_bytes", "Room left on that disk, measured once an hour."),
    _gauge(
        "disk_full_seconds", "Seconds until the disk is full by its growth; absent while it does not fill."
    ),
    _gauge("backup_last_timestamp_seconds", "When the last backup was made; absent if none is known."),
    _gauge("backup_last_size_bytes", "Size of the last backup, if whoever made it says so."),
    _gauge("backup_last_verified", "1 if the last backup was read back."),
    _gauge("alarms_open", "Open alarms by priority.", "priority"),
    _gauge("alarms_unacknowledged", "Open alarms that nobody has acknowledged, by priority.", "priority"),
    _gauge("orders_overdue", "Work orders whose time is over."),
    _gauge("canary_late", "1 if the last canary alarm did not come through in time."),
    _gauge("rules_waiting", "Changes that the rules have not looked at yet."),
    _counter("rules_raised", "Times that a rule raised an alarm."),
    _counter("rules_returned", "Times that a rule returned an alarm to normal."),
    _counter(
        "rules_desk_failures", "Times that the alarm desk could not take what rules found; they try again."
    ),
    _counter("rules_ledger_failures", "Times that rules could not read the ledger; they try again."),
    _counter("rules_signals_refused", "Signals that the alarm desk refused."),
    _counter("rules_faults", "Rules that failed by the hub's own fault."),
    _gauge("notifications_waiting", "Notifications not yet sent."),
    _counter("notifications_sent", "Notifications that a service took."),
    _counter("notifications_failed", "Notifications that failed for good."),
    _counter("notification_attempts_failed", "Attempts to notify that failed; most are tried again."),
    _gauge("contacts_failing", "Contacts that cannot be reached."),
    _gauge("charging_orders_open", "Charges under way."),
    _counter("charging_events_skipped", "Chargers' events that made no sense and are in no order."),
    _gauge("lists_behind", "Driver hosts whose lists of who may pass are not current."),
    _counter("passes_recorded", "Passes recorded."),
    _counter("passes_skipped", "Events of gates and doors that made no sense and are in no record."),
    _gauge("vehicles_inside", "Vehicles inside, by their last pass."),
    _counter("register_events_skipped", "Terminals' events about people that made no sense."),
    _gauge("register_imports_running", "Imports into the register that are under way."),
    _counter("commissioning_proven", "Proofs that a device's alarm arrives."),
    _counter("commissioning_skipped", "Events that could prove nothing, being unreadable."),
    _gauge("commissioning_tests_running", "Devices whose alarms are being tested."),
    _counter("webhooks_sent", "Messages that receivers of webhooks took."),
    _counter("webhook_attempts_failed", "Attempts to send a webhook that failed; they are made again."),
    _counter("webhooks_given_up", "Messages of webhooks that were given up, being too old."),
    _gauge("webhooks_failing", "Webhooks whose last attempt failed."),
    _gauge("webhooks_lag_seconds", "Age of the oldest message that a receiver of webhooks has not taken."),
    _gauge("webhooks_gone", "Webhooks that ended, because their receiver said that it is gone for good."),
    _gauge("feed_online", "1 while the police's view library knows us; 0 also where there is no feed."),
    _counter("feed_registrations", "Times that the feed registered with the library."),
    _gauge("feed_waiting", "Passes that wait for the library, up to 100,000 of each kind."),
    _gauge("feed_lag_seconds", "How long ago the oldest pass that waits for the library was received."),
    _counter("feed_sent", "Objects that the library confirmed."),
    _counter("feed_requests_failed", "Requests to the library that got no answer; they are made again."),
    _gauge("feed_set_aside", "Objects that the library refused, kept with their reasons."),
    _counter("feed_superseded", "Notices of devices that were outdated before they arrived."),
    _counter("feed_left_out", "Passes that did not leave because their device has no id."),
    _counter("feed_pictures_left_out", "Pictures that were gone or unreadable; their passes left without."),
    _gauge("home_assistant_online", "1 while devices are shown to Home Assistant."),
    _gauge("home_assistant_messages_held", "Messages that Home Assistant is to find when it comes."),
    _counter("home_assistant_commands_taken", "Presses in Home Assistant that became actions."),
    _counter(
        "home_assistant_commands_refused",
        "Presses in Home Assistant that were not allowed, late or unreadable.",
    ),
    _gauge("previews_watched", "Cameras that somebody watches live."),
    _gauge("previews_looking", "People who watch a camera live."),
    _gauge("viewers", "Screens on the live stream."),
    _counter("viewers_dropped", "Screens that did not keep up and were cut off."),
    _counter("frames_made", "Frames made for the live stream."),
)
"""What is asked when Prometheus asks."""

CATALOGUE: Final = (*COUNTED, *FIGURES)


def table(metrics: Iterable[Metric] = CATALOGUE) -> Iterator[str]:
    """Yield the lines of a table for the manual."""
    yield "| metric | kind | labels | meaning |"
    yield "|---|---|---|---|"
    for each in metrics:
        labels = ", ".join(f"`{name}`" for name in each.labels)
        yield f"| `{each.shown}` | {each.kind} | {labels} | {each.text} |"
