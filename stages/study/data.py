"""The data sets of a study: those with options that its `data` names, and a recipe for each.

Nothing here imports a data set: `snakemake -n` validates a study on every start.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Len, Lt
from pydantic import BeforeValidator, ValidationError

from stages import records
from stages.command import Problem
from stages.study import folders, listing, targets
from stages.study.options import Strict, allowed, problems
from stages.study.source import Source
from stages.study.targets import constant
from stages.techniques.options import Count

STAGES = Path(__file__).parent.parent
# What is known of the files of folders: see folders.py.
INDEX = Path("data/hashes")
TEST_SHARE = 0.2
Size = Annotated[int, Ge(1), Le(512)]


def _word(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"found {value!r}, the name of a class is a word; quote it: '{value}'")
    return value


class Options(Strict):
    """A data set `of` another: some of its classes (in the order of their new labels), so many
    training images and test images of each (`seed` says which), images of `size` x `size` pixels,
    without colour, `rgb`: of three channels, which are the same where there is no colour,
    `permuted`: their pixels in one order that `seed` has shuffled, the same for all images. What is
    to be predicted (`target`) is their class, or what they were before they got their `size`.
    """

    of: str
    classes: Annotated[list[Annotated[str, BeforeValidator(_word)]], Len(2)] | None = None
    per_class: Count | None = None
    test_per_class: Count | None = None
    seed: Annotated[int, Ge(0), Le(2**32 - 1)] = 0
    size: Size | None = None
    gray: bool = False
    permuted: bool = False
    rgb: bool = False
    target: Literal["class", "original"] = "class"


class Folder(Options):
    """One's own images below the folder `path`, a folder per class: all of one `size`; a share of
    each class for testing, where train/ and test/ don't say which; shuffled by `seed`, or in the
    order of their file names.
    """

    path: Annotated[str, Len(1)]
    size: Size
    test: Annotated[float, Gt(0), Lt(1)] | None = None
    order: Literal["shuffled", "names"] = "shuffled"


# Data sets with more options than others; none of them can do without a stanza.
MODELS = {"image_folder": Folder}


def resolve(stanzas: dict[str, Any], known: list[str], source: Source) -> dict[str, dict]:
    """{name: options} of the stanzas in a study's `data`; `known` are the data sets with a module.

    Raises Problem for the first thing wrong.
    """
    return {name: _resolve(name, stanza, known, source) for name, stanza in stanzas.items()}


def recipes(study, index: Path = INDEX, keep: bool = False) -> dict[str, dict]:
    """What makes each data set of a validated study: its options, the hashes of the code, and of
    one's own images those of the files, for which see folders.py. Raises Problem for a folder of
    images that is not as it must be."""
    found = {name: recipe_of(name, study.data.get(name)) for name in study.datasets}
    for name, recipe in found.items():
        if "path" in recipe:
            found[name] = recipe | _of_folder(name, recipe, index, keep)
    return found


def recipe_of(name: str, options: dict | None = None) -> dict:
    """The recipe of one data set, but for its files; without options the official one of this
    name."""
    resolved = _plain(name) if options is None else options
    return resolved | {"code": _code(resolved)}


def selection(options: dict) -> dict:
    """What is left to select of a data set once it is loaded: one's own images have their size, and
    are gray, by then."""
    return options | ({"size": None, "gray": False} if "path" in options else {})


def is_plain(options: dict) -> bool:
    """Whether nothing is left to select of a data set once it is loaded."""
    # The seed of one's own images has chosen those for testing.
    left = selection(options) | ({"seed": 0} if "path" in options else {})
    plain = _plain(options["of"])
    return {key: left[key] for key in plain} == plain


def refuse_without_stanza(datasets: list[str], source: Source) -> None:
    """Raise Problem for a data set that only a stanza of the study's `data` can name."""
    for i, name in enumerate(datasets):
        if name in MODELS:
            stanza = f"photos: {{of: {name}, path: data/photos, size: 64}}"
            text = f"{name!r} needs options; add data: {{{stanza}}}, and write photos here"
            raise source.problem(("datasets", i), text)


def refuse_bare(name: str) -> None:
    """Raise Problem for a data set that nothing but a recipe says all of."""
    if name in MODELS:
        text = f"{name!r} needs options; name it in a study's data, and its --recipe, which"
        raise Problem(f"--dataset: {text} python -m stages.check writes")


def original(name: str, stanzas: dict[str, dict]) -> tuple[int, int, int]:
    """`shape` of the images of a data set before they get their size."""
    return shape(name, {of: options | {"size": None} for of, options in stanzas.items()})


def shape(name: str, stanzas: dict[str, dict]) -> tuple[int, int, int]:
    """(C, H, W) of the images of a data set: one of the resolved `stanzas`, or the official one of
    this name. Raises Problem where its module doesn't say."""
    options = stanzas.get(name) or _plain(name)
    given = constant(options["of"], "SHAPE")
    if given is None:
        raise Problem(
            f"stages/datasets/{options['of']}.py: SHAPE is missing; add SHAPE = (C, H, W)"
        )
    channels, height, width = given
    sides = (height, width) if options["size"] is None else (options["size"],) * 2
    return (3 if options["rgb"] else 1 if options["gray"] else channels, *sides)


def count_classes(name: str, stanzas: dict[str, dict]) -> int | None:
    """How many classes a data set has, as `shape` knows it; None where nothing says it before it is
    there."""
    options = stanzas.get(name) or _plain(name)
    known = options["classes"] or constant(options["of"], "CLASSES")
    return None if known is None else len(known)


def refuse_other(recipe: dict) -> None:
    """Raise Problem where the code is not the one that a data set's recipe names any more."""
    now, named = _code(recipe), recipe["code"]
    changed = sorted(name for name in now.keys() | named.keys() if now.get(name) != named.get(name))
    if changed:
        text = "changed after the recipe was written; start the run again, which writes it anew"
        raise Problem(f"recipe: {', '.join(changed)} {text}")


def refuse_two_samplings(slots: dict, path: tuple, source: Source) -> None:
    """Raise Problem for resolved slots that choose training images in two ways at once."""
    options = slots.get("sampling", {}).get("subset", {})
    if options.get("per_class") is not None and options["share"] != 1:
        text = "found share and per_class; give one of the two"
        raise source.problem((*path, "sampling", "subset"), text)


def _of_folder(name: str, recipe: dict, index: Path, keep: bool) -> dict:
    """The files of a data set of one's own images with their hashes, and the share for testing."""
    try:
        found = folders.hashes(recipe["path"], index, keep)
        _refuse_unknown_classes(recipe, listing.classes(found))
        if not listing.has_parts(found):
            return {"files": found, "test": recipe["test"] or TEST_SHARE}
        if recipe["test"] is not None:
            text = "it has train/ and test/, which say what is for testing; remove the option test"
            raise Problem(f"{recipe['path']}: {text}")
        return {"files": found}
    except Problem as problem:
        raise Problem(f"data.{name}: {problem}") from problem


def _refuse_unknown_classes(recipe: dict, known: list[str]) -> None:
    for name in recipe["classes"] or []:
        if name not in known:
            text = f"{name!r} is not a class of {recipe['path']}; {allowed(name, known)}"
            raise Problem(f"classes: {text}")


def _plain(of: str) -> dict:
    return Options(of=of).model_dump()


def _code(options: dict) -> dict[str, str]:
    """{path: SHA-256} of the files whose code decides what a data set holds, comments left out."""
    modules = [options["of"], constant(options["of"], "OFFICIAL")]
    modules += [] if is_plain(options) else ["selection"]
    places = [f"datasets/{module}.py" for module in modules if module]
    return {f"stages/{place}": records.code_sha256(STAGES / place) for place in places}


def _resolve(name: str, stanza: Any, known: list[str], source: Source) -> dict:
    path = ("data", name)
    if name in known:
        raise source.problem(path, f"{name!r} is a data set itself; choose another name")
    if not isinstance(stanza, dict):
        text = f"found {stanza!r}, it must be options like {{of: {known[0]}, per_class: 50}}"
        raise source.problem(path, text)
    try:
        model = MODELS.get(str(stanza.get("of")), Options)
        options = model.model_validate(stanza).model_dump()
    except ValidationError as error:
        inner, text = problems(error, model)[0]
        raise source.problem((*path, *inner), text) from error
    if options["of"] not in known:
        text = f"{options['of']!r} is not a data set; {allowed(options['of'], known)}"
        raise source.problem((*path, "of"), text)
    _refuse_wrong_classes(options, (*path, "classes"), source)
    targets.refuse_wrong_options(options, path, source)
    return options


def _refuse_wrong_classes(options: dict, path: tuple, source: Source) -> None:
    classes, known = options["classes"] or [], constant(options["of"], "CLASSES")
    for i, name in enumerate(classes):
        if name in classes[:i]:
            raise source.problem(path, f"{name!r} stands here twice; remove one of them")
        if known is not None and name not in known:
            text = f"{name!r} is not a class of {options['of']}; {allowed(name, known)}"
            raise source.problem((*path, i), text)
