"""The demo's broker where no mosquitto is installed: `python -m hemei.demo.broker PORT PASSWORDS RULES`."""

import asyncio
import sys

from amqtt.broker import Broker

from hemei.serving import serve


async def run(port: int, passwords: str, rules: str, stop: asyncio.Event) -> None:
    """Serve MQTT 3.1.1 on the loopback until `stop`, with mosquitto's password file and access rules."""
    broker = Broker(
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
