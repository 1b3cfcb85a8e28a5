"""What requests about disclosures say."""

from typing import Annotated, Any, Final

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api.passes_wanted import Key, Typed
from hub.api.work_orders import NO_NUL
from hub.disclosure.desk import Wanted
from hub.disclosure.moves import Press
from hub.disclosure.request import Draft
from hub.disclosure.scope import DataKind, Scope
from hub.disclosure.states import State, Step
from hub.ledger.converting import convert

MAX_EXPORTS: Final = 200
"""In one answer."""

MAX_PICKED: Final = 1_000
MAX_PLACES: Final = 200
TO_MS: Final = 253_402_300_799_999
"""The last moment of the year 9999."""

Ms = Annotated[int, Field(ge=0, le=TO_MS, strict=True, description="ms since 1970")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
Text = Annotated[str, Field(min_length=2, max_length=2000, pattern=NO_NUL)]
MaybeText = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Device = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}/(\*|[a-z0-9-]{1,64})$")]
Area = Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]
AlarmId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Recipient = Annotated[
    str, Field(pattern="^age1[02-9ac-hj-np-z]{58}$", description="a public key of age, `age1…`")
]
Version = Annotated[int, Field(ge=1, lt=2**31, strict=True)]
Number = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{4,9}$")]
BasisKey = Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]


class ScopeBody(BaseModel):
    """Which data. What is empty or null sets no limit; what is given must all hold at once.

    From `from_ms` until `to_ms`, the end not included. `passes` (their `seq`) and `alarms` (by id) were
    picked: of their kind then only these.
    """

    model_config = ConfigDict(extra="forbid")

    from_ms: Ms
    to_ms: Ms
    kinds: list[DataKind] = Field(min_length=1, max_length=len(DataKind))
    devices: list[Device] = Field(default=[], max_length=MAX_PLACES, description="`gate/east-in`, `door/*`")
    areas: list[Area] = Field(default=[], max_length=MAX_PLACES)
    plate: Typed | None = Field(default=None, description="as in GET /passes")
    person: Key | None = Field(default=None, description="a key of the register")
    vehicle: Key | None = Field(default=None, description="a key of the register")
    passes: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(default=[], max_length=MAX_PICKED)
    alarms: list[AlarmId] = Field(default=[], max_length=MAX_PICKED)
    pictures: bool = True
    clips: bool = False

    @model_validator(mode="after")
    def _forward(self) -> "ScopeBody":
        if self.from_ms >= self.to_ms:
            raise ValueError("`from_ms` must be before `to_ms`")
        return self

    def scope(self) -> Scope:
        """Make it a scope, each thing named once."""
        values: dict[str, Any] = self.model_dump()
        several = {name: dict.fromkeys(each) for name, each in values.items() if isinstance(each, list)}
        return convert(values | {name: list(each) for name, each in several.items()}, Scope)


class PreviewBody(BaseModel):
    """What is to be shown as it would leave."""

    model_config = ConfigDict(extra="forbid")

    basis: BasisKey
    scope: ScopeBody


class OfficerBody(BaseModel):
    """Who asks on behalf of the authority; `number`: of the police badge or service card."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]
    number: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]


class RequestBody(BaseModel):
    """A request for data to leave. `recipients`: whom the bundle is encrypted to; none: it is not."""

    model_config = ConfigDict(extra="forbid")

    basis: BasisKey
    document_number: Line
    case_number: Line
    unit: Line
    officers: list[OfficerBody] = Field(min_length=1, max_length=10)
    purpose: Text
    scope: ScopeBody
    recipients: list[Recipient] = Field(default=[], max_length=20)
    reason: MaybeText = ""

    def draft(self) -> Draft:
        """Make it a draft."""
        values: dict[str, Any] = self.model_dump(exclude={"scope"})
        return convert(values | {"scope": msgspec.to_builtins(self.scope.scope())}, Draft)


class PressBody(BaseModel):
    """What somebody does to the disclosure that they saw at `version`."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    reason: MaybeText = ""

    def press(self, step: Step) -> Press:
        """Make it a step."""
        return Press(step=step, reason=self.reason)


class ReasonedBody(PressBody):
    """The same, and why."""

    reason: Text


class HandedBody(PressBody):
    """The same; `to`: who got the bundle."""

    to: Line

    def press(self, step: Step) -> Press:
        """Make it a step."""
        return Press(step=step, reason=self.reason, to=self.to)


class ExportsWanted(BaseModel):
    """Which disclosures; the newest first.

    Of a `person`, those of their vehicles are found too; of a `plate`, those of its vehicle.
    """

    model_config = ConfigDict(extra="forbid")

    state: list[State] = Field(default=[], max_length=len(State), description="several: any of them")
    text: Annotated[str, Field(max_length=64, pattern=NO_NUL)] = Field(
        default="", description="a part of its number, case number, document number, unit or purpose"
    )
    person: Key | None = Field(default=None, description="whose data it held: a key of the register")
    vehicle: Key | None = Field(default=None, description="a key of the register")
    plate: Typed | None = Field(default=None, description="one whole plate")

    def whose(self) -> str:
        """Return, for the audit, whose disclosures are looked at; empty: nobody's in particular."""
        asked = {"plate": self.plate, "vehicle": self.vehicle, "person": self.person}
        return " ".join(f"{what} {whom}" for what, whom in asked.items() if whom)

    def wanted(self, limit: int, before: str | None = None) -> Wanted:
        """Ask for so many of them."""
        return Wanted(
            states=frozenset(self.state),
            text=self.text.strip(),
            person=self.person,
            vehicle=self.vehicle,
            plate=self.plate,
            before=before,
            limit=limit,
        )


class ExportPageWanted(ExportsWanted):
    """Which disclosures, and how many."""

    before: Number | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=MAX_EXPORTS)
