"""What decides how a pretend camera's film looks, as data."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Light: TypeAlias = Literal["day", "evening", "night"]
Scene: TypeAlias = Literal["lane", "courtyard", "bike-shed", "facade", "garage"]

FLAWS = ("freeze", "black", "cover", "defocus", "move")
"""What can be wrong with the picture itself."""

ACTS = ("object-falls", "person-passes", "car-passes")
"""What can pass through it, once."""

LOOP_S = 8
ACT_S = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One film: everything that decides how it looks. At night an infra-red camera sees grey."""

    scene: Scene
    light: Light = "day"
    lamps: bool = False
    flaw: str | None = None
    act: str | None = None
    width: int = 640
    height: int = 360
    fps: int = 10

    @property
    def length(self) -> int:
        """Pictures in the film."""
        return self.fps * (LOOP_S if self.act is None else ACT_S)
