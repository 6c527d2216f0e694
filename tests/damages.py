"""Edits and damages of a finished tiny study, and the jobs that must run after each."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stages.records import WRITES

DATA, RUNS, PAGE = "data/normalized/digits", "runs/tiny/digits", "reports/tiny"
RUNGS = ["basic", "relu", "dropout", "without_dropout"]
ALL_RUNGS = [*RUNGS, "mean_of_softmax"]
LONG_AGO, FAR_AHEAD = 1_000_000_000, 4_000_000_000


@dataclass(frozen=True)
class Change:
    """A change of the files of a project, the jobs that must run after it (`runs`), and those that
    DVC names, too, because they read what it makes again (`follow`); `damaged` is the file or
    folder that is not what was made, of an edit none."""

    what: str
    make: Callable[[Path], object] = field(compare=False)
    runs: frozenset[str] = frozenset()
    follow: frozenset[str] = frozenset()
    damaged: str = ""

    def __str__(self) -> str:
        return self.what


def trained(*rungs: str) -> set[str]:
    """The jobs that follow a change of these rungs."""
    joined = {"dropout"} & set(rungs)
    ensemble = {"ensemble digits mean_of_softmax", "evaluate digits mean_of_softmax"}
    of_rungs = {f"{stage} digits {rung}" for stage in ("train", "evaluate") for rung in rungs}
    return of_rungs | (ensemble if joined else set()) | {"report"}


def evaluated() -> set[str]:
    return {f"evaluate digits {rung}" for rung in ALL_RUNGS} | {"report"}


EVERYTHING = {"normalize digits"} | trained(*RUNGS)


def replaced(name: str, old: str, new: str) -> Callable[[Path], object]:
    def make(project: Path) -> None:
        text = (project / name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        (project / name).write_text(text.replace(old, new), encoding="utf-8")

    return make


def commented(name: str, comment: str = "# Edited.") -> Callable[[Path], object]:
    def make(project: Path) -> None:
        with open(project / name, "a", encoding="utf-8") as file:
            file.write(f"{comment}\n")

    return make


def written(name: str, text: str = "") -> Callable[[Path], object]:
    return lambda project: (project / name).write_text(text, encoding="utf-8")


def _edit(what: str, make: Callable, *runs: str | set[str]) -> Change:
    named = {name for each in runs for name in ([each] if isinstance(each, str) else each)}
    return Change(what, make, frozenset(named))


def _prose(what: str, make: Callable, *follow: str) -> Change:
    """An edit of what people read in code that trainings come after: DVC, which goes by the file,
    runs its job, and then no other, because that writes the same."""
    return Change(what, make, frozenset({"check"}), frozenset(follow))


def _of_study(what: str, old: str, new: str, *runs: str | set[str]) -> Change:
    return _edit(what, replaced("params.yaml", old, new), "check", *runs)


def _with_one_more(project: Path) -> None:
    replaced("params.yaml", "[basic, relu, dropout]", "[basic, relu, more, dropout]")(project)
    commented("params.yaml", "  more: {like: relu, activation: tanh}")(project)


AFTER_RELU = trained("relu", "dropout", "without_dropout")
EDITS = [
    _edit("a comment in the study", commented("params.yaml"), "check"),
    _of_study("the epochs", "epochs: 2", "epochs: 3", trained(*RUNGS)),
    _of_study("the members", "members: 2", "members: 3", trained(*RUNGS)),
    _of_study("the batch size", "batch_size: 100", "batch_size: 50", trained(*RUNGS)),
    _of_study("the seed", "seed: 0", "seed: 1", trained(*RUNGS)),
    _of_study("the threads", "threads: 1", "threads: 2", trained(*RUNGS)),
    _of_study("an inherited slot", "activation: relu}", "activation: tanh}", AFTER_RELU),
    _of_study("a slot of the first rung", "width: 4", "width: 5", trained(*RUNGS)),
    _of_study("an option of one rung", "{rate: 0.3}", "{rate: 0.2}", trained("dropout")),
    _of_study("a label", "label: ReLU", "label: Rectifier", "report"),
    _of_study("a group's title", "Without one idea", "One idea less", "report"),
    _of_study("a prediction's reason", "it is the usual reason", "it is usual", "report"),
    _edit("a rung more", _with_one_more, "check",
              "train digits more", "evaluate digits more", "report"),
    _of_study("how members are combined", "combine: mean", "combine: majority",
              "ensemble digits mean_of_softmax", "evaluate digits mean_of_softmax", "report"),
    _of_study("what is combined", "of: dropout, combine", "of: relu, combine",
              "ensemble digits mean_of_softmax", "evaluate digits mean_of_softmax", "report"),
    _edit("a comment in check.py", commented("stages/check.py"), "check"),
    _edit("a comment in training", commented("stages/training/loop.py"), "check"),
    _edit("a comment in a technique", commented("stages/techniques/dropout.py"), "check", "report"),
    _edit("how a stage speaks", commented("stages/command.py"), "check"),
    _edit("what a technique does",
          replaced("stages/techniques/activation.py", "return nn.ReLU()", "return nn.ReLU6()"),
          "check", AFTER_RELU),
    _edit("what a technique does, with its old date", lambda project: _kept_date(
              project / "stages/techniques/activation.py", "return nn.ReLU()", "return nn.ReLU6()"),
          "check", AFTER_RELU),
    _edit("code of download.py", commented("stages/download.py", "SPARE = 1"),
          "check", "download digits", EVERYTHING),
    _prose("a comment in download.py", commented("stages/download.py"), "download digits"),
    _prose("a docstring in a module that fetches", replaced("stages/datasets/web.py",
               "What helps where a server does not.", "What helps."), "download digits"),
    _prose("a comment in a data set", commented("stages/datasets/digits.py")),
    _edit("code of a data set",
          replaced("stages/datasets/digits.py", "def load(", "SPARE = 1\n\n\ndef load("),
          "check", "download digits", EVERYTHING),
    _edit("code of normalize.py", commented("stages/normalize.py", "SPARE = 1"),
          "check", EVERYTHING),
    _prose("a comment in normalize.py", commented("stages/normalize.py"), "normalize digits"),
    Change("a comment in files.py", commented("stages/files.py"),
           frozenset({"check"} | evaluated()), frozenset({"normalize digits"})),
    _edit("code of ensemble.py", commented("stages/ensemble.py"), "check",
          "ensemble digits mean_of_softmax", "evaluate digits mean_of_softmax", "report"),
    _edit("code of evaluate.py", commented("stages/evaluate.py"), "check", evaluated()),
    _edit("code of evaluate.py, with its old date", lambda project: _kept_date(
              project / "stages/evaluate.py", "import numpy as np", "import numpy as np  #"),
          "check", evaluated()),
    _edit("code of scoring", commented("stages/scoring/rung.py"), "check", evaluated()),
    _edit("a new module of scoring", written("stages/scoring/spare.py", "SPARE = 1\n"),
          "check", evaluated()),
    _edit("code of the page", commented("stages/page/prose.py"), "check", "report"),
    _edit("code of report.py", commented("stages/report.py"), "check", "report"),
    _edit("a task's template",
          commented("stages/page/tasks/classification/template.html.j2", "<!-- edited -->"),
          "check", "report"),
    _edit("the template", commented("reports/template.html.j2", "<!-- edited -->"), "report"),
    _edit("the summary's template", commented("reports/summary.md.j2", ""), "report"),
    _edit("the style", commented("reports/style.css", "/* edited */"), "report"),
    _edit("the script", commented("reports/page.js", "// edited"), "report"),
    _edit("the claims", commented("reports/claims.yaml"), "report"),
    _edit("a ready-made study", commented("studies/quickstart.yaml"), "report"),
    _edit("a new study", written("studies/spare.yaml", "study: spare\n"), "report"),
]  # fmt: skip


def _kept_date(path: Path, old: str, new: str) -> None:
    before = path.stat()
    replaced(path.name, old, new)(path.parent)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _gone(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _edited(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


KINDS = {"gone": _gone, "cut": _cut, "emptied": _emptied, "one bit flipped": _edited}


def _damages(
    job: str, folder: str, names: list[str], *then: str, follow: set[str], kinds=tuple(KINDS)
) -> list[Change]:
    """A damage of each file that a job writes, of all kinds in turn."""

    def damage(i: int, name: str) -> Change:
        kind = kinds[i % len(kinds)]
        make = KINDS[kind]
        path, runs = f"{folder}/{name}", frozenset({job, *then})
        what = f"{path}: {kind}"
        return Change(what, lambda project: make(project / path), runs, frozenset(follow), path)

    return [damage(i, name) for i, name in enumerate(names)]


def _copied_from_another_rung(project: Path) -> None:
    for file in (project / RUNS / "relu").iterdir():
        shutil.copy2(file, project / RUNS / "basic" / file.name)


def _table_gone(project: Path) -> None:
    (project / PAGE / "tables" / "ladder.csv").unlink()


ODD = '{"code": "", "read": [], "wrote": []}\n'
JOINED, BASIC = "ensemble digits mean_of_softmax", trained("basic")
PAGE_FILES = [
    "index.html",
    "summary.md",
    "tables/ladder.csv",
    "figures/digits-ladder.svg",
    "best/digits.safetensors",
]
DAMAGES = [
    *_damages("download digits", "data/raw", ["digits.npz"], follow={"normalize digits"}),
    *_damages("normalize digits", DATA, WRITES["normalize"], follow=trained(*RUNGS)),
    # A training that is repeated may end elsewhere, so all that takes seconds follows it.
    *_damages("train digits relu", f"{RUNS}/relu", WRITES["train"], *trained("relu"),
              follow=set()),
    *_damages("train digits dropout", f"{RUNS}/dropout", ["predictions.npz", "recipe.json"],
              *trained("dropout"), follow=set()),
    *_damages(JOINED, f"{RUNS}/mean_of_softmax", WRITES["ensemble"],
              follow={"evaluate digits mean_of_softmax", "report"}),
    *_damages("evaluate digits basic", f"{RUNS}/basic", WRITES["evaluate"], follow={"report"}),
    *_damages("evaluate digits mean_of_softmax", f"{RUNS}/mean_of_softmax",
              ["curve.csv", "metrics.json"], follow={"report"}),
    *_damages("report", PAGE, PAGE_FILES, follow=set()),
    *_damages("check", "runs/tiny", ["study.json", "recipes/relu.json", "recipes/basic.json"],
              follow=trained(*RUNGS)),
    *_damages("check", "runs", ["checked", "tiny.check.json"],
              follow={"download digits", JOINED} | EVERYTHING | evaluated()),
    # Of a job without a record nobody knows what made its files: it runs again.
    *_damages("download digits", "data/raw", ["digits.json"], follow={"normalize digits"}),
    *_damages("normalize digits", DATA, ["normalize.json"], follow=trained(*RUNGS)),
    *_damages("train digits basic", f"{RUNS}/basic", ["train.json"], *BASIC, follow=set()),
    *_damages("evaluate digits relu", f"{RUNS}/relu", ["evaluate.json"], follow={"report"}),
    *_damages("report", PAGE, ["report.json"], follow=set()),
    *_damages("evaluate digits basic", f"{RUNS}/basic", ["evaluate.json"], follow={"report"},
              kinds=["cut"]),
    *_damages("train digits without_dropout", f"{RUNS}/without_dropout", ["train.json"],
              *trained("without_dropout"), follow=set(), kinds=["emptied"]),
    Change("a record of another form", written(f"{RUNS}/relu/evaluate.json", ODD),
           frozenset({"evaluate digits relu"}), frozenset({"report"}),
           f"{RUNS}/relu/evaluate.json"),
    Change("what a record says was read", replaced(f"{PAGE}/report.json", "page.js", "pages.js"),
           frozenset({"report"}), damaged=PAGE),
    Change("a rung's folder: gone", lambda project: shutil.rmtree(project / RUNS / "basic"),
           frozenset(BASIC), damaged=f"{RUNS}/basic"),
    Change("another rung's files, with their dates", _copied_from_another_rung, frozenset(BASIC),
           damaged=f"{RUNS}/basic"),
    Change("the tables: gone", lambda project: shutil.rmtree(project / PAGE / "tables"),
           frozenset({"report"}), damaged=f"{PAGE}/tables"),
    Change("a table that nobody wrote", written(f"{PAGE}/tables/spare.csv", "a\n"),
           frozenset({"report"}), damaged=f"{PAGE}/tables/spare.csv"),
    Change("the data: gone", lambda project: shutil.rmtree(project / "data"),
           frozenset({"check", "download digits"} | EVERYTHING), damaged="data"),
    Change("the arrays: gone", lambda project: shutil.rmtree(project / "data" / "normalized"),
           frozenset(EVERYTHING), damaged="data/normalized"),
    Change("the runs: gone", lambda project: shutil.rmtree(project / "runs"),
           frozenset({"check"} | trained(*RUNGS)), frozenset({"download digits"} | EVERYTHING),
           "runs"),
]  # fmt: skip


def dated(when: int) -> Callable[[Path], object]:
    def make(project: Path) -> None:
        for folder in ("data", "runs", "reports", "stages", "studies"):
            for file in (project / folder).rglob("*"):
                os.utime(file, (when, when))
        os.utime(project / "params.yaml", (when, when))

    return make


def _written_again(project: Path) -> None:
    for file in (project / "runs").rglob("*.*"):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)


HARMLESS = [
    Change("all files dated long ago", dated(LONG_AGO)),
    Change("all files dated in the future", dated(FAR_AHEAD)),
    Change("inputs dated after what they made",
           lambda project: os.utime(project / DATA / "train_images.npy")),
    Change("the study dated anew", lambda project: os.utime(project / "params.yaml")),
    Change("the runs written again in another order", _written_again),
    Change("no books of Snakemake", lambda project: shutil.rmtree(project / ".snakemake")),
    Change("an event file of TensorBoard beside a run", lambda project: (
        (project / RUNS / "relu" / "tensorboard").mkdir(),
        (project / RUNS / "relu" / "tensorboard" / "events").write_text("x"))),
    Change("a log edited", commented("logs/tiny/train/digits/relu.log")),
    Change("what an editor leaves beside code", lambda project: (
        (project / "stages" / ".train.py.swp").write_text("x"),
        (project / "stages" / ".#train.py").symlink_to("me@here.1"))),
    Change("what an editor leaves beside techniques", lambda project: [
        (project / "stages" / "techniques" / name).write_text("x")
        for name in ("activation.py~", "#activation.py#", "activation.py.orig", ".a.py.swp")]),
    Change("what an editor leaves beside studies", lambda project: (
        (project / "studies" / ".#quickstart.yaml").symlink_to("me@here.1"),
        (project / "studies" / "quickstart.yaml~").write_text("x"))),
    Change("what an editor leaves beside results", lambda project: (
        (project / RUNS / ".#metrics.json").symlink_to("me@here.1"),
        (project / "data" / ".#digits").symlink_to("me@here.1"),
        (project / RUNS / "relu" / ".history.csv.swp").write_text("x"))),
    Change("what a system leaves everywhere", lambda project: [
        (project / folder / ".DS_Store").write_text("x")
        for folder in ("stages", "studies", RUNS, DATA, "reports/tiny/tables")]),
    Change("a notebook's copies", lambda project: (
        (project / "stages" / "techniques" / ".ipynb_checkpoints").mkdir(),
        (project / "stages/techniques/.ipynb_checkpoints/loss-checkpoint.py").write_text("x"))),
    Change("documentation edited", written("docs.md", "x")),
]  # fmt: skip
