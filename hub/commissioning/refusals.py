"""Why a test does not begin."""

from contract.errors import Refused


class TestRuns(Refused):
    """A test of this device runs already."""

    __test__ = False
    default_code = "test-runs"


class DeviceGone(Refused):
    """The device was taken away."""

    default_code = "device-gone"


class TestOver(Refused):
    """The test is over."""

    __test__ = False
    default_code = "test-over"
