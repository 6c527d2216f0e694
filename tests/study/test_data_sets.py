"""Data sets with options, as a study names them: what is resolved, one line for each mistake."""

import importlib
import re
import shutil
from pathlib import Path

import pytest
from bad_studies import spoil
from conftest import TINY
from photographs import write_classes

from stages import files
from stages.command import Problem
from stages.study import data
from stages.study.source import read
from stages.study.study import known_datasets, load, validate

TEXT = TINY.read_text(encoding="utf-8").replace("datasets: [digits]", "datasets: [few, digits]")
FEW = "few: {of: digits, classes: ['3', '8'], per_class: 50, size: 16, gray: true}"
OWN = "own: {of: image_folder, path: Fotos 한글, size: 32}"
NAMED = f"{TEXT}data:\n  {FEW}\n  unused: {{of: cifar10}}\n  {OWN}\n"
RELU = "activation: relu}"

# What to replace in NAMED by what, and what the one line must say.
BAD = {
    "name of a module": ("  few:", "  digits:", ["data.digits", "is a data set itself"]),
    "name that leads elsewhere": ("  unused:", "  ../up:", ["'../up'", "lowercase"]),
    "no options": (FEW, "few: 3", ["data.few", "found 3", "{of: "]),
    "no source": ("of: digits, ", "", ["data.few.of", "is missing"]),
    "unknown source": ("of: digits", "of: digit", ["data.few.of", "did you mean 'digits'"]),
    "source with options": (
        "of: digits",
        "of: unused",
        ["data.few.of", "'unused' is not a data set"],
    ),
    "unknown option": ("per_class", "per_clas", ["data.few.per_clas", "did you mean 'per_class'"]),
    "unknown class": (
        "['3', '8']",
        "['3', '88']",
        ["data.few.classes.1", "'88' is not a class of"],
    ),
    "class twice": ("['3', '8']", "['3', '3']", ["data.few.classes", "twice"]),
    "class that is a number": ("['3', '8']", "[3, 8]", ["data.few.classes.0", "quote it: '3'"]),
    "one class": ("['3', '8']", "['3']", ["data.few.classes", "at least 2"]),
    "classes that are none": ("['3', '8']", "'38'", ["data.few.classes", "list"]),
    "no images": ("per_class: 50", "per_class: 0", ["data.few.per_class", "0", "1"]),
    "no size": ("size: 16", "size: 0", ["data.few.size", "0", "1"]),
    "huge images": ("size: 16", "size: 100000", ["data.few.size", "512"]),
    "word for yes or no": ("gray: true", "gray: dark", ["data.few.gray", "'dark'"]),
    "images in no folder": ("path: Fotos 한글, ", "", ["data.own.path", "is missing"]),
    "a folder that is no word": ("path: Fotos 한글", "path: 3", ["data.own.path", "found 3"]),
    "a folder without a name": ("path: Fotos 한글", "path: ''", ["data.own.path", "at least 1"]),
    "images of many sizes": (", size: 32", "", ["data.own.size", "is missing"]),
    "a share that is all": ("size: 32", "size: 32, test: 1", ["data.own.test", "less than 1"]),
    "a share of nothing": ("size: 32", "size: 32, test: 0", ["data.own.test", "greater than 0"]),
    "an order unknown": ("size: 32", "size: 32, order: dates", ["data.own.order", "'names'"]),
    "a folder of another": (
        "of: digits",
        "of: digits, path: photos",
        ["data.few.path", "unknown key 'path'"],
    ),
    "a share of another": (
        "of: digits",
        "of: digits, test: 0.2",
        ["data.few.test", "unknown key 'test'"],
    ),
    "a folder without a stanza": (
        "[few, digits]",
        "[few, image_folder]",
        ["datasets.1", "'image_folder' needs options; add data: {photos: {of: image_folder, "],
    ),
    "unknown data set": ("[few, digits]", "[fewer, digits]", ["datasets.0", "did you mean 'few'"]),
    "an original of the same size": (
        "size: 16, ",
        "target: original, ",
        ["data.few.target", "before it got its size; give size"],
    ),
    "an original that is shuffled": (
        "size: 16",
        "size: 16, permuted: true, target: original",
        ["data.few.target", "no path or permuted"],
    ),
    "few scenes": (
        FEW,
        "few: {of: fashion_scenes, per_class: 50}",
        ["data.few.per_class", "fashion_scenes has a class for each pixel, and takes no per_class"],
    ),
    "two samplings": (
        RELU,
        "activation: relu, sampling: {subset: {share: 0.5, per_class: 3}}}",
        ["techniques.relu.sampling.subset", "give one of the two"],
    ),
    "no share": (
        RELU,
        "activation: relu, sampling: {subset: {share: 0}}}",
        ["techniques.relu.sampling.subset.share", "greater than 0"],
    ),
}


@pytest.fixture
def write(tmp_path):
    """A study of its text."""

    def written(text: str) -> Path:
        (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "params.yaml"

    return written


def test_every_option_has_its_value(write):
    study = load(write(NAMED))
    assert study.datasets == ["few", "digits"]
    few = {"classes": ["3", "8"], "per_class": 50, "seed": 0, "size": 16, "gray": True}
    rest = {"of": "digits", "permuted": False, "test_per_class": None, "target": "class"}
    rest |= {"rgb": False}
    assert study.data["few"] == rest | few


def test_what_is_written_down_is_the_same_study(write):
    study = load(write(NAMED))
    assert load(write(files.canonical(study.model_dump()))) == study


def test_only_what_decides_the_images_is_in_a_data_set_s_recipe(write):
    made = data.recipes(load(write(NAMED)))
    assert set(made) == {"few", "digits"}, "and nobody has looked for the folder of own"
    modules = ["stages/datasets/digits.py", "stages/datasets/selection.py"]
    assert sorted(made["few"]["code"]) == modules
    assert sorted(made["digits"]["code"]) == modules[:1]
    assert data.is_plain(made["digits"])
    assert not data.is_plain(made["few"])


@pytest.mark.parametrize("case", BAD)
def test_one_line_says_where_and_what(case, write):
    old, new, words = BAD[case]
    spoiled = spoil(NAMED, old, new)
    with pytest.raises(Problem) as problem:
        load(write(spoiled))
    text = str(problem.value)
    assert all(word in text for word in words), text
    lines = zip(NAMED.splitlines(), spoiled.splitlines(), strict=True)
    changed = [number for number, (before, after) in enumerate(lines, 1) if before != after]
    assert [int(re.match(r".*?params\.yaml:(\d+): ", text)[1])] == changed


@pytest.mark.parametrize(
    ("task", "learns"), [("classification", "a class for each image"), ("segmentation", "pixel")]
)
def test_a_data_set_that_has_not_what_the_task_learns(task, learns, write):
    text = NAMED.replace("gray: true", "target: original") + f"task: {task}\n"
    text = text.replace("datasets: [few, digits]", "datasets: [few]")
    with pytest.raises(
        Problem, match=rf"datasets.*'few' has another image.*{task} learns.*{learns}"
    ):
        load(write(text))


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        (
            "augmentation: [{flip: {probability: 0.5}}]",
            r"augmentation.*can't have it: it varies",
        ),
        (
            "split: {k_fold: {folds: 3}}",
            r"k_fold\.stratified.*set stratified to false",
        ),
        ("sampling: {subset: {per_class: 3}}", r"subset\.per_class.*no classes of images to go by"),
    ],
)
def test_slots_that_go_by_classes_are_refused_where_there_are_none(slot, words, write):
    text = NAMED.replace("gray: true", "target: original") + "task: super_resolution\n"
    text = text.replace("datasets: [few, digits]", "datasets: [few]")
    text = text.replace(RELU, f"activation: relu, {slot}}}")
    with pytest.raises(Problem, match=words):
        load(write(text))


def test_a_data_set_s_code_that_changed_after_its_recipe_was_written(write):
    recipe = data.recipes(load(write(NAMED)))["few"]
    data.refuse_other(recipe)
    recipe["code"]["stages/datasets/selection.py"] = "another"
    with pytest.raises(Problem, match=r"^recipe: stages/datasets/selection.py changed after"):
        data.refuse_other(recipe)


def test_an_override_may_name_what_data_names(write):
    source = read(write(NAMED))
    source.override({"datasets": ["unused"]})
    assert data.recipes(validate(source))["unused"]["of"] == "cifar10"


@pytest.fixture
def own(write, tmp_path, monkeypatch) -> Path:
    """A study of one's own images, and the folder that it names."""
    monkeypatch.chdir(tmp_path)
    write_classes(tmp_path / "Fotos 한글", {"cat": 3, "<b>犬": 2})
    return write(NAMED.replace("[few, digits]", "[own]"))


def test_the_files_are_in_the_recipe_of_one_s_own_images(own):
    before = data.recipes(load(own))["own"]
    assert list(before["code"]) == ["stages/datasets/image_folder.py"]
    assert before["test"] == 0.2
    photo = own.parent / "Fotos 한글" / "<b>犬" / "1.png"
    assert before["files"]["<b>犬/1.png"] == files.sha256(photo)
    assert not (own.parent / "data").exists(), "asking writes nothing"
    photo.rename(photo.with_name("2.png"))
    assert data.recipes(load(own))["own"]["files"].keys() == {
        *(f"cat/{i}.png" for i in range(3)),
        *(f"<b>犬/{i}.png" for i in (0, 2)),
    }


def test_train_and_test_need_no_share(own):
    folder = own.parent / "Fotos 한글"
    for part in ("train", "test"):
        write_classes(folder / part, {"cat": 1, "dog": 1})
    for name in ("cat", "<b>犬"):
        shutil.rmtree(folder / name)
    assert data.recipes(load(own))["own"]["test"] is None
    text = own.read_text(encoding="utf-8").replace("size: 32", "size: 32, test: 0.5")
    own.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=r"^data\.own: Fotos 한글: it has train/ and test/, which"):
        data.recipes(load(own))


def test_a_folder_that_is_not_there(own):
    (own.parent / "Fotos 한글").rename(own.parent / "Fotos")
    with pytest.raises(Problem, match=r"^data\.own: Fotos 한글: there is no such folder; name one"):
        data.recipes(load(own))


def test_classes_of_a_folder_are_known_before_it_is_read(own):
    text = own.read_text(encoding="utf-8").replace("size: 32", "size: 32, classes: [cat, dog]")
    own.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=r"^data\.own: classes: 'dog' is not a class of Fotos 한글"):
        data.recipes(load(own))


def test_what_is_left_to_select_of_one_s_own_images(own):
    plain = load(own).data["own"]
    assert data.is_plain(plain)
    assert data.is_plain(plain | {"gray": True, "seed": 3})
    for option in ({"classes": ["cat", "dog"]}, {"per_class": 2}, {"permuted": True}):
        assert not data.is_plain(plain | option)
        left = data.selection(plain | option | {"gray": True})
        assert (left["size"], left["gray"]) == (None, False)
    assert data.shape("own", {"own": plain}) == (3, 32, 32)
    assert data.shape("own", {"own": plain | {"gray": True}}) == (1, 32, 32)


def test_a_data_set_that_nothing_but_a_recipe_says_all_of():
    with pytest.raises(Problem, match=r"^--dataset: 'image_folder' needs options; name it in"):
        data.refuse_bare("image_folder")


# Of one's own images it's the folder that names the classes.
@pytest.mark.parametrize("name", sorted({*known_datasets()} - data.MODELS.keys()))
def test_every_module_names_its_classes_so_that_they_are_known_without_the_data(name):
    module = importlib.import_module(f"stages.datasets.{name}")
    assert len(set(module.CLASSES)) == len(module.CLASSES) > 1
    assert data.shape(name, {}) == module.SHAPE


def test_a_data_set_made_from_anothers_official_files_has_both_their_code():
    """And nothing is downloaded twice."""
    made = data.recipe_of("fashion_scenes")
    places = [f"stages/datasets/{name}.py" for name in ("fashion_mnist", "fashion_scenes")]
    assert sorted(made["code"]) == places


def test_the_shape_of_images_is_known_without_the_data(write):
    """As wide as they are made, and as many channels."""
    known = load(write(NAMED)).data
    assert data.shape("digits", known) == (1, 8, 8)
    assert data.shape("few", known) == (1, 16, 16)
    colour = {"few": known["few"] | {"of": "cifar10", "gray": False, "size": None}}
    assert data.shape("few", colour) == (3, 32, 32)
