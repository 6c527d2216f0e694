"""What is to be predicted of an image: which data sets have it, and which tasks learn it.

Read from source, because nothing here imports a data set or a task.
"""

from pathlib import Path
from typing import Any

from stages.study import tasks
from stages.study.schema import Study
from stages.study.source import Source

DATASETS = Path(__file__).parent.parent / "datasets"
# What TARGET may be in a data set's module, and in a task's, which learns whatever there is where
# it doesn't say.
KINDS = {
    "class": "a class for each image",
    "map": "a class for each pixel",
    "image": "another image for each image",
}
# Slots that change or choose images by what is to be predicted of them as a whole.
OF_CLASSES = {
    "augmentation": "it varies images, and not what is to be predicted of their pixels",
    "boosting": "it weighs images by whether they are correctly classified",
}
# Options that go by the class of an image, and how they are put off.
BY_CLASS = (
    ("split", "k_fold", "stratified", "false"),
    ("sampling", "subset", "per_class", "null, and give a share"),
)


def constant(of: str, name: str) -> Any:
    """A constant of a data set's module, read from its source; None where it has none."""
    return tasks.constant(DATASETS / f"{of}.py", name)


def of_dataset(name: str, stanzas: dict[str, dict]) -> str:
    """What is to be predicted of the images of a data set, one of KINDS: one of the resolved
    `stanzas`, or the official one of this name."""
    options = stanzas.get(name, {"of": name, "target": "class"})
    return "image" if options["target"] == "original" else _of_module(options["of"])


def of_task(task: str) -> str | None:
    """What a task learns to predict, one of KINDS; None: whatever there is."""
    return tasks.constant(tasks.LEARNED / f"{task}.py", "TARGET")


def form(
    task: str, shape: tuple[int, int, int], original: tuple[int, int, int], outputs: int
) -> tuple[int, ...]:
    """What a network must give for one image of `shape` (C, H, W), which was `original` before it
    got its size: so many `outputs`, these for each pixel, or another image."""
    forms = {"map": (outputs, *shape[1:]), "image": original}
    return forms.get(of_task(task) or "", (outputs,))


def refuse_wrong_options(options: dict, path: tuple, source: Source) -> None:
    """Raise Problem for resolved options of a data set that what is to be predicted doesn't
    allow."""
    if (kind := _of_module(options["of"])) != "class":
        changed = [key for key, value in options.items() if key not in ("of", "seed") and value]
        if wrong := [key for key in changed if (key, options[key]) != ("target", "class")]:
            text = f"{options['of']} has {KINDS[kind]}, and takes no {wrong[0]}; remove it"
            raise source.problem((*path, wrong[0]), text)
    wrong_size = options["size"] is None or options["permuted"] or "path" in options
    if options["target"] == "original" and wrong_size:
        text = "found original, which is the image of a data set before it got its size"
        raise source.problem((*path, "target"), f"{text}; give size, and no path or permuted")


def refuse_others(study: Study, source: Source) -> None:
    """Raise Problem where a data set lacks what the task learns, or a slot can't do without
    classes; `study` is resolved."""
    learned = of_task(study.task)
    for i, name in enumerate(study.datasets):
        found = of_dataset(name, study.data)
        if learned not in (None, found):
            text = f"{name!r} has {KINDS[found]}, but {study.task} learns {KINDS[learned]}"
            raise source.problem(("datasets", i), f"{text}; take another, or another task")
    if learned in (None, "class"):
        return
    for rung in [*study.trained, *study.started]:
        _refuse_slots_of_classes(study, rung, source)


def _refuse_slots_of_classes(study: Study, rung: str, source: Source) -> None:
    slots = study.slots(rung)
    for slot, why in OF_CLASSES.items():
        if slot in slots:
            text = f"{study.task} can't have it: {why}; remove it"
            raise source.problem(("techniques", rung, slot), text)
    for slot, name, option, off in BY_CLASS:
        if slots.get(slot, {}).get(name, {}).get(option):
            text = f"{study.task} has no classes of images to go by; set {option} to {off}"
            raise source.problem(("techniques", rung, slot, name, option), text)


def _of_module(of: str) -> str:
    return constant(of, "TARGET") or "class"
