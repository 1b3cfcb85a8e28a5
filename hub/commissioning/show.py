"""Writes proofs and tests as the API shows them. Pure."""

from collections.abc import Mapping
from typing import Any

from contract.clock import rfc3339_ms
from hub.alarms.definition import Definition, Words
from hub.alarms.view import trace_view
from hub.commissioning.proof import Proof, provable
from hub.commissioning.trial import Trial
from hub.commissioning.view import DefinitionSeen, ProofView, TestView


def proof_view(proof: Proof) -> ProofView:
    """Show a proof."""
    return ProofView(
        alarm=proof.alarm,
        key=proof.key,
        title=proof.title,
        at=rfc3339_ms(proof.at_ms),
        event_seq=proof.event_seq,
        event=proof.event,
        event_type=proof.type,
        sha256=proof.sha256,
        values=proof.values,
        trace=trace_view(proof.trace),
        test=proof.test,
    )


def trial_view(trial: Trial, title: Words, area: str | None) -> TestView:
    """Show a test."""
    return TestView(**trial_fields(trial, title, area))


def trial_fields(trial: Trial, title: Words, area: str | None) -> Mapping[str, Any]:
    """Return what a test is shown by."""
    return {
        "id": trial.id,
        "device": trial.device,
        "title": title,
        "area": area,
        "who": trial.who,
        "state": trial.state,
        "started": rfc3339_ms(trial.started_ms),
        "until": rfc3339_ms(trial.until_ms),
        "ended": None if trial.ended_ms is None else rfc3339_ms(trial.ended_ms),
        "proof": None if trial.proof is None else proof_view(trial.proof),
    }


def definition_seen(definition: Definition) -> DefinitionSeen:
    """Show a definition that concerns a device."""
    return DefinitionSeen(
        key=definition.key,
        title=definition.title,
        priority=definition.priority,
        provable=provable(definition.raised_by),
        links=tuple(dict.fromkeys(link.action for link in definition.link)),
        tells=bool(definition.tell or definition.escalate),
    )
