"""The options of a technique as a model that validates them, and the messages for those that are
not valid."""

import ast
import difflib
import reprlib
from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator

from stages.command import Problem
from stages.techniques import options as kinds
from stages.techniques.options import slots

SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 80


class Strict(BaseModel):
    """A model that takes no unknown keys, no infinite numbers, no true or false for a number."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, frozen=True, serialize_by_alias=True
    )

    @model_validator(mode="before")
    @classmethod
    def _no_truth_for_numbers(cls, values: Any) -> Any:
        if isinstance(values, dict):
            for name, field in cls.model_fields.items():
                kinds = get_args(field.annotation) or (field.annotation,)
                if isinstance(values.get(name), bool) and bool not in kinds:
                    raise ValueError(
                        f"{name}: found {str(values[name]).lower()}, it must be a number or a word"
                    )
        return values


@cache
def options(slot: str, name: str) -> type[Strict]:
    """The options of a name as a model: the keyword-only parameters of its function, with their
    types and defaults."""
    function = slots()[slot][name].function
    fields = {}
    for parameter, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        fields[parameter.arg] = (
            _type(slot, name, parameter),
            ... if default is None else ast.literal_eval(default),
        )
    return create_model(f"{slot}.{name}", __base__=Strict, **fields)


def _type(slot: str, name: str, parameter: ast.arg) -> Any:
    try:
        return eval(compile(ast.Expression(parameter.annotation), "", "eval"), vars(kinds).copy())
    except (NameError, TypeError) as error:
        place = f"{slots()[slot][name].module}:{parameter.lineno}"
        text = f"option {parameter.arg!r} of {name!r} needs a type that"
        raise Problem(f"{place}: {text} stages/techniques/options.py knows") from error


def reads(slot: str, name: str, parameter: str) -> bool:
    """Whether a name's function makes use of its `parameter`."""
    return any(
        isinstance(node, ast.Name) and node.id == parameter
        for node in ast.walk(slots()[slot][name].function)
    )


def explanation(slot: str, name: str) -> str:
    """One sentence that says what a name does: the first paragraph of its function's docstring."""
    first, _, _ = (ast.get_docstring(slots()[slot][name].function) or "").partition("\n\n")
    return " ".join(first.split())


def allowed(found: str, names: Iterable[str]) -> str:
    """What to say behind an unknown word: what is allowed, and which of that is nearest."""
    names = sorted(names)
    nearest = difflib.get_close_matches(str(found), names, n=1)
    return f"allowed: {', '.join(names) or 'nothing'}" + (
        f"; did you mean {nearest[0]!r}?" if nearest else ""
    )


def shortened(value: Any) -> str:
    """A value as Python writes it, but for what is too long for a line."""
    return SHORT.repr(value)


def problems(error: ValidationError, model: type[BaseModel]) -> list[tuple[tuple, str]]:
    """Each problem that pydantic found, as its place within the input and a text in plain words;
    unknown keys first, as a mistyped key is both unknown and missing."""
    details = sorted(error.errors(), key=lambda detail: detail["type"] != "extra_forbidden")
    return [(detail["loc"], _plain(detail, model)) for detail in details]


def _plain(detail: dict, model: type[BaseModel]) -> str:
    key = detail["loc"][-1] if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        return f"unknown key {key!r}; {allowed(key, _keys(model, detail['loc'][:-1]))}"
    if detail["type"] == "missing":
        return f"{key!r} is missing; add it"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    must = detail["msg"].removeprefix("Input should be ")
    if detail["type"] == "string_pattern_mismatch":
        must = "lowercase letters, digits and _, because it names a folder"
    return f"found {shortened(detail['input'])}, it must be {must}"


def _keys(model: type[BaseModel], path: tuple) -> Iterable[str]:
    """The keys that the model at `path` inside `model` knows."""
    for step in path:
        inner = model.model_fields[step].annotation if isinstance(step, str) else model
        arguments = [a for a in getattr(inner, "__args__", ()) if isinstance(a, type)]
        model = arguments[0] if arguments else inner
    return [field.alias or name for name, field in model.model_fields.items()]
