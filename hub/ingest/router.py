"""What becomes of each message: topic and payload in, shadows and history changed, events handed on."""

from collections.abc import Callable
from typing import Final

from contract.clock import Clock, epoch_ms
from contract.codec import decode
from contract.errors import InvalidMessage
from contract.lists import Holding
from contract.messages import Availability, Event, Result, State, Telemetry
from contract.mqtt import Incoming
from contract.things import read_description
from contract.topics import DRIVER_KIND, HUB_KIND, Address, Channel, Topic, parse
from hub.counters import Counters
from hub.history.recorder import Recorder
from hub.ledger.commit import Arrival
from hub.shadows.registry import Shadows

MAX_CACHED_TOPICS: Final = 500_000


class Router:
    """Takes messages apart. Never blocks; raises InvalidMessage for what it does not understand."""

    def __init__(
        self,
        shadows: Shadows,
        recorder: Recorder,
        clock: Clock,
        counters: Counters,
        *,
        on_result: Callable[[Address, Result], None],
        on_removed: Callable[[Address], None],
        on_holding: Callable[[Address, Holding | None], None],
    ) -> None:
        self._shadows = shadows
        self._recorder = recorder
        self._clock = clock
        self._counters = counters
        self._on_result = on_result
        self._on_removed = on_removed
        self._on_holding = on_holding
        self._topics: dict[str, Topic] = {}
        self._routes: dict[Channel, Callable[[Topic, Incoming], Arrival | None]] = {
            Channel.DESCRIPTION: self._description,
            Channel.AVAILABILITY: self._availability,
            Channel.STATE: self._state,
            Channel.TELEMETRY: self._telemetry,
            Channel.EVENT: self._event,
            Channel.RESULT: self._result,
            Channel.HOLDING: self._holding,
        }

    def topic(self, text: str) -> Topic:
        """Take a topic apart, remembering those of devices; InvalidMessage if it is none of ours."""
        known = self._topics.get(text)
        if known is None:
            known = parse(text)
            if known.channel is not Channel.MEDIA and len(self._topics) < MAX_CACHED_TOPICS:
                self._topics[text] = known
        return known

    def take(self, topic: Topic, message: Incoming) -> Arrival | None:
        """Apply a message; an event is returned, to be committed before it is acknowledged."""
        self._counters.messages[topic.channel] += 1
        route = self._routes.get(topic.channel)
        if route is None:
            raise InvalidMessage(f"{topic.channel} is not for the hub", code="bad-topic")
        return route(topic, message)

    def _description(self, topic: Topic, message: Incoming) -> None:
        if not message.payload:
            self._shadows.remove(topic.address)
            self._on_removed(topic.address)
            return
        description = read_description(message.payload)
        self._shadows.describe(self._shadows.of(topic.address), description)

    def _availability(self, topic: Topic, message: Incoming) -> None:
        if message.payload:
            heard = decode(Availability, message.payload)
            self._shadows.available(self._shadows.of(topic.address), heard)

    def _state(self, topic: Topic, message: Incoming) -> None:
        if not message.payload:
            return
        state = decode(State, message.payload)
        shadow = self._shadows.of(topic.address)
        ts_ms = epoch_ms(state.ts)
        self._recorder.state(shadow, state, ts_ms)
        wall_ms = self._clock.now_ms()
        now = self._clock.monotonic()
        if shadow.apply_state(state, ts_ms, retained=message.retain, now=now, wall_ms=wall_ms):
            self._shadows.heard(shadow)
            self._shadows.on_change(topic.address)
        else:
            self._counters.outdated += 1

    def _telemetry(self, topic: Topic, message: Incoming) -> None:
        telemetry = decode(Telemetry, message.payload)
        shadow = self._shadows.of(topic.address)
        ts_ms = epoch_ms(telemetry.ts)
        self._recorder.telemetry(shadow, telemetry, ts_ms)
        wall_ms = self._clock.now_ms()
        if shadow.apply_telemetry(telemetry, ts_ms, now=self._clock.monotonic(), wall_ms=wall_ms):
            self._shadows.on_change(topic.address)
        else:
            self._counters.outdated += 1

    def _event(self, topic: Topic, message: Incoming) -> Arrival:
        return Arrival(
            address=topic.address,
            tenant=self._tenant_of(topic.address),
            event=decode(Event, message.payload),
            payload=message.payload,
            received_ms=self._clock.now_ms(),
        )

    def _tenant_of(self, address: Address) -> str:
        """Return whose a device is; the hub itself is none, and has no shadow among the devices."""
        own = address.kind == HUB_KIND
        return self._shadows.tenant if own else self._shadows.of(address).tenant

    def _result(self, topic: Topic, message: Incoming) -> None:
        self._on_result(topic.address, decode(Result, message.payload))

    def _holding(self, topic: Topic, message: Incoming) -> None:
        if topic.address.kind != DRIVER_KIND:
            raise InvalidMessage("only a driver host holds lists", code="bad-topic")
        self._on_holding(topic.address, decode(Holding, message.payload) if message.payload else None)
