"""The demo's broker where no mosquitto is installed: `python -m hemei.demo.broker PORT PASSWORDS RULES`."""

import asyncio
import sys

from amqtt.broker import Action, Broker
from amqtt.session import Session

from hemei.serving import serve


class StrictBroker(Broker):  # type: ignore[misc]  # amqtt is untyped
    """Sends what is retained as the rules say, and only to whoever has subscribed.

    amqtt asks no rule here, and gives whoever connects all that fits anybody's filters.
    """

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        wanted, qos = subscription
        handler = self._get_handler(session)
        if handler is None or not any(each is session for each, _ in self._subscriptions.get(wanted, ())):
            return
        sent = [
            asyncio.ensure_future(
                handler.mqtt_publish(topic, kept.data, min(qos, kept.qos or qos), retain=True)
            )
            for topic, kept in list(self._retained_messages.items())
            if self._matches(topic, wanted)
            and await self._topic_filtering(session, topic=topic, action=Action.RECEIVE)
        ]
        if sent:
            await asyncio.wait(sent)


async def run(port: int, passwords: str, rules: str, stop: asyncio.Event) -> None:
    """Serve MQTT 3.1.1 on the loopback until `stop`, with mosquitto's password file and access rules."""
    broker = StrictBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {
                "hemei.demo.amqtt_plugins.PasswordFile": {"file": passwords},
                "hemei.demo.amqtt_plugins.AccessRules": {"file": rules},
            },
        }
    )
    await broker.start()
    try:
        await stop.wait()
    finally:
        await broker.shutdown()


if __name__ == "__main__":
    chosen_port, password_file, acl_file = sys.argv[1:]
    serve(lambda stop: run(int(chosen_port), password_file, acl_file, stop))
