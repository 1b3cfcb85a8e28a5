"""Reports are asked for as people do it: over the API."""

from tests.hub.api.conftest import any_hub, hub

__all__ = ["any_hub", "hub"]
