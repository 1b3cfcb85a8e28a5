"""The OpenAPI document: there without a hub, and true of the one that runs."""

from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hub.access.roles import Role
from hub.api.app import openapi_document
from tests.hub.api.house import House


@cache
def document() -> dict[str, Any]:
    """Make it once for all tests, none of which changes it."""
    return openapi_document()


def references(part: Any) -> set[str]:
    """Find every `$ref` in a part of the document."""
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(references, part.values()))
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def schema_of(path: str, method: str, status: str) -> dict[str, Any]:
    contents = document()["paths"][path][method]["responses"][status]["content"]
    (content,) = contents.values()
    return {"components": document()["components"], **content["schema"]}


def test_it_is_complete_and_says_who_may() -> None:
    made = document()
    assert made["openapi"].startswith("3.1")
    assert set(made["components"]["securitySchemes"]) == {"cookie", "bearer"}
    known = {f"#/components/schemas/{name}" for name in made["components"]["schemas"]}
    assert references(made) <= known
    for path, methods in made["paths"].items():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["responses"].keys() & {"200", "201", "202", "204"}, path
            public = operation["security"] == []
            assert public or operation["security"] == [{"cookie": []}, {"bearer": []}]
            assert public != ("401" in operation["responses"]) or path == "/api/v1/session"
    act = made["paths"]["/api/v1/devices/{site}/{kind}/{device}/actions/{action}"]["post"]
    assert (act["x-permission"], act["x-roles"]) == ("operate", ["guard", "supervisor"])
    names = [each["operationId"] for methods in made["paths"].values() for each in methods.values()]
    assert len(names) == len(set(names))


def test_every_schema_is_one() -> None:
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_the_hub_serves_it(hub: House) -> None:
    assert (await hub.http.get("/api/openapi.json")).json() == document()


@pytest.mark.parametrize(
    ("path", "template", "status"),
    [
        ("/api/v1/devices", "/api/v1/devices", "200"),
        ("/api/v1/devices/hemei/gate/east-in", "/api/v1/devices/{site}/{kind}/{device}", "200"),
        ("/api/v1/events", "/api/v1/events", "200"),
        ("/api/v1/events?limit=0", "/api/v1/events", "422"),
        ("/api/v1/history?device=hemei/gate/east-in&property=position", "/api/v1/history", "200"),
        ("/api/v1/session", "/api/v1/session", "200"),
        ("/api/v1/actions/none", "/api/v1/actions/{action_id}", "404"),
        ("/readyz", "/readyz", "200"),
        ("/healthz", "/healthz", "200"),
    ],
)
async def test_answers_are_what_it_says(hub: House, path: str, template: str, status: str) -> None:
    hub.move(40)
    hub.commit(1, data={"media": ["ab" * 32]})
    answer = await hub.get(path, Role.GUARD)
    assert str(answer.status_code) == status
    schema = schema_of(template, "get", status)
    Draft202012Validator(schema).validate(answer.json())
