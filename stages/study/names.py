"""Where in a study names stand: of studies, data sets and rungs, which become folders, and of what
else a study may name."""

from collections.abc import Iterator

import yaml

# Keys that lead to a name; * stands for each item of a list, or for each value of a mapping.
PLACES = (
    *("study", "task", "datasets.*", "data.*.of", "ladder.*", "beside.*", "techniques.*.like"),
    *("comparisons.*.title", "comparisons.*.rungs.*", "comparisons.*.against"),
    *("ensembles.*.name", "ensembles.*.of", "ensembles.*.combine"),
    *("starts.*.rung", "starts.*.from", "starts.*.dataset", "starts.*.from_dataset"),
    "lessons.*",
)
# As PLACES; null is no name here, but what study.json says of a key that is absent.
OPTIONAL = (
    *("expect.*.rung", "expect.*.better_than", "expect.*.difference.*", "expect.*.best_of.*"),
    *("expect.*.is", "expect.*.dataset", "expect.*.group"),
)
# Mappings whose keys are names.
KEYS = ("techniques", "data", "labels")
NULL = "tag:yaml.org,2002:null"


def of(root: yaml.MappingNode) -> Iterator[tuple[tuple, yaml.Node]]:
    """Every node that is a name, with its path: those of PLACES and OPTIONAL, and the keys of
    the mappings KEYS."""
    for place in PLACES:
        yield from _below(root, tuple(place.split(".")), ())
    for place in OPTIONAL:
        found = _below(root, tuple(place.split(".")), ())
        yield from ((path, node) for path, node in found if node.tag != NULL)
    for key, value in root.value:
        if key.value in KEYS and isinstance(value, yaml.MappingNode):
            yield from (((key.value,), name) for name, _ in value.value)


def _below(node: yaml.Node, steps: tuple, path: tuple) -> Iterator[tuple[tuple, yaml.Node]]:
    if not steps:
        yield path, node
    elif isinstance(node, yaml.SequenceNode) and steps[0] == "*":
        for i, item in enumerate(node.value):
            yield from _below(item, steps[1:], (*path, i))
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if steps[0] in ("*", key.value):
                yield from _below(value, steps[1:], (*path, key.value))
