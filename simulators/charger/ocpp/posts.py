"""Makes OCPP posts, each in the version that its options say."""

from simulators.charger.ocpp.post import OcppPost
from simulators.charger.ocpp.post16 import Post16
from simulators.charger.ocpp.post201 import Post201
from simulators.charger.options import Options
from simulators.charger.wire import PostWire
from simulators.clock import Clock
from simulators.errors import BadOptions

VERSIONS: dict[str, type[OcppPost]] = {"1.6": Post16, "2.0.1": Post201}


def make_post(wire: PostWire, options: Options, clock: Clock) -> OcppPost:
    """Build a post that does not call yet; BadOptions if it cannot be one of OCPP."""
    if options.version not in VERSIONS:
        raise BadOptions(f"{wire.of(1)}: version {options.version!r}; allowed: {', '.join(VERSIONS)}")
    return VERSIONS[options.version](wire, options, clock)
