"""Checks what a script said, line by line, against protocol.schema.json; knows as much of JSON Schema as that file uses."""

import json
import pathlib

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "plugins/analysis_script/scripts/protocol.schema.json"
_LONGEST_LINE = 64 * 1024
_TYPES = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int}


def fault(value, schema):
    """What is wrong with a value, or None."""
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or isinstance(value, bool)):
        return f"{value!r:.60} is no {kind}"
    if "const" in schema and value != schema["const"]:
        return f"{value!r:.60} is not {schema['const']!r}"
    if isinstance(value, (int, float)):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            return f"{value} is out of bounds"
    if isinstance(value, str) and not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return f"{value!r:.60} has {len(value)} characters"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"a list of {len(value)}"
        for item in value:
            wrong = fault(item, schema.get("items", {}))
            if wrong:
                return wrong
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                return f"{name} is missing"
        properties = schema.get("properties", {})
        for name, item in value.items():
            wrong = fault(item, properties.get(name, {}))
            if wrong:
                return f"{name}: {wrong}"
        return _one_of(value, schema.get("oneOf"))
    return None


def _one_of(value, choices):
    """Lines are told apart by their type, so the fault named is that of the type meant."""
    if not choices:
        return None
    meant = [c for c in choices if c["properties"]["type"]["const"] == value.get("type")]
    if not meant:
        return f"the type {value.get('type')!r} is unknown"
    unknown = set(value) - set(meant[0]["properties"])
    return f"unknown: {sorted(unknown)}" if unknown else fault(value, meant[0])


def check(lines):
    """The faults of a script's lines, each with its number."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    found = []
    for number, line in enumerate(lines, start=1):
        if len(line.encode()) > _LONGEST_LINE:
            found.append(f"line {number} is too long")
            continue
        wrong = fault(json.loads(line), schema)
        if wrong:
            found.append(f"line {number}: {wrong}")
    if not lines or json.loads(lines[0]).get("type") != "hello":
        found.append("the first line is no hello")
    return found
