"""What a whole study costs, start-up and all, and how cost grows."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from stages import files
from stages.jobs import git, store_settings

ROOT = Path(__file__).parent.parent
BASE = {
    "network": {"deeper": {"width": 16}},
    "activation": "relu",
    "initialization": "xavier_uniform",
    "optimizer": {"adam": {"learning_rate": 0.001}},
    "scaling": "zero_centered",
}
LADDER = {
    "adam": {},
    "batch_norm": {"normalization": "batch_normalization"},
    "dropout": {"dropout": {"standard": {"rate": 0.3}}},
    "augmentation": {"augmentation": [{"crop": {"padding": 4}}, "flip"]},
}
BY_SCRIPT = {
    "adam": [],
    "batch_norm": ["--batch-norm"],
    "dropout": ["--batch-norm", "--dropout", "0.3"],
    "augmentation": ["--batch-norm", "--dropout", "0.3", "--augment"],
}


def one_study(data: Path, plain: list[str], epochs: int = 3) -> tuple[str, dict]:
    """Four techniques, three members each: a whole study beside the plain script.

    The study is `snakemake --cores 2`, report and all; the script runs once per technique and seed.
    Once the study asks for float32, once it says nothing of precision: what is then taken stands in
    the table. A third of the scripts runs before, between and after the studies, so that a machine
    that gets slower or faster does so for all.
    """
    ours, scripts = {}, scripts_of_seed(0, data, plain, epochs)
    for seed, said in enumerate(({"precision": "float32"}, {}), start=1):
        with tempfile.TemporaryDirectory() as folder:
            project = clone(
                Path(folder), data, dict(zip(LADDER, ladder(), strict=True)), 3, epochs, **said
            )
            seconds = seconds_of(["snakemake", "--cores", "2"], project)
            ours[
                f"`precision: {said['precision']}`"
                if said
                else f"nothing said of precision ({precisions(project)})"
            ] = seconds
        scripts += scripts_of_seed(seed, data, plain, epochs)
    text = (
        "\n## A study: 4 techniques x 3 members, 5,000 images, 3 epochs, width 16\n\n"
        "| | seconds | ratio |\n|---|---|---|\n"
        f"| the plain script, {3 * len(BY_SCRIPT)} times | {scripts:.0f} | 1.00 |\n"
    )
    for said, seconds in ours.items():
        text += (
            f"| `snakemake --cores 2`, {said}, with evaluation and report "
            f"| {seconds:.0f} | {scripts / seconds:.2f} |\n"
        )
    return text, {"scripts": scripts} | ours


def precisions(project: Path) -> str:
    """The precisions that the rungs of a study were computed in."""
    records = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in project.glob("runs/*/*/*/record.json")
    )
    return " and ".join(sorted({record["environment"]["precision"] for record in records}))


def scripts_of_seed(seed: int, data: Path, plain: list[str], epochs: int) -> float:
    """Seconds of the plain script for each technique, one after the other."""
    given = ["--data", str(data), "--width", "16", "--epochs", str(epochs), "--seed", str(seed)]
    return sum(
        seconds_of([sys.executable, *plain, *given, *flags], ROOT) for flags in BY_SCRIPT.values()
    )


def growth_within_a_job(data: Path) -> tuple[str, dict]:
    """Seconds of one training job for 1, 2, 4, 8 times as many images, and members."""
    measured: dict[str, list[float]] = {"images": [], "members": []}
    for times in (1, 2, 4, 8):
        measured["images"].append(job(data, 1000 * times, 1))
        measured["members"].append(job(data, 1000, times))
    lines = [
        "\n## Growth: one training job, width 16, 2 epochs, 1 thread, in seconds\n",
        "| | x 1 | x 2 | x 4 | x 8 |",
        "|---|---|---|---|---|",
    ]
    for name, what in (("images", "1,000 images x ..."), ("members", "1 member x ...")):
        lines.append(
            f"| {what} | " + " | ".join(f"{seconds:.1f}" for seconds in measured[name]) + " |"
        )
    return "\n".join(lines) + "\n", measured


def growth_of_techniques(data: Path) -> tuple[str, dict]:
    """Seconds of a whole study of 1, 4, 16 techniques that cost the same."""
    measured = {}
    for count in (1, 4, 16):
        with tempfile.TemporaryDirectory() as folder:
            techniques = {
                f"rung_{i}": BASE | {"optimizer": {"adam": {"learning_rate": 0.001 * (i + 1)}}}
                for i in range(count)
            }
            measured[count] = seconds_of(
                ["snakemake", "--cores", "2"], clone(Path(folder), data, techniques, 1, 1, 1000)
            )
    cells = " | ".join(f"{seconds:.1f}" for seconds in measured.values())
    title = "\n## Growth: a whole study on two cores, 1,000 images, 1 epoch, in seconds\n"
    text = f"{title}\n| techniques | 1 | 4 | 16 |\n|---|---|---|---|\n| | {cells} |\n"
    return text, measured


def ladder() -> list[dict]:
    """Each rung the one before it, plus its own."""
    rungs, so_far = [], BASE
    for own in LADDER.values():
        so_far = so_far | own
        rungs.append(so_far)
    return rungs


def job(data: Path, images: int, members: int) -> float:
    """Seconds of `python -m stages.train` by itself."""
    with tempfile.TemporaryDirectory() as folder:
        project = clone(Path(folder), data, {"rung": BASE}, members, 2, images)
        inputs = (
            "data/normalized/cifar10/{train_images,train_labels,test_images}.npy "
            "data/normalized/cifar10/classes.json"
        )
        subprocess.run(
            ["snakemake", "--cores", "1", "runs/bench/recipes/rung.json", *expanded(inputs)],
            cwd=project,
            check=True,
            capture_output=True,
        )
        flags = [
            part
            for path in expanded(inputs)
            for part in (f"--{Path(path).stem.replace('_', '-')}", path)
        ]
        command = [
            sys.executable,
            "-m",
            "stages.train",
            "--recipe",
            "runs/bench/recipes/rung.json",
            *flags,
            "--run",
            "runs/bench/cifar10/rung",
        ]
        return seconds_of(command, project)


def expanded(text: str) -> list[str]:
    """Paths, with {a,b} for several."""
    paths = []
    for word in text.split():
        before, _, rest = word.partition("{")
        names, _, after = rest.partition("}")
        paths += [f"{before}{name}{after}" for name in names.split(",")]
    return paths


def clone(
    folder: Path,
    data: Path,
    techniques: dict,
    members: int,
    epochs: int,
    images: int | None = None,
    **said: str,
) -> Path:
    """A copy of the project in `folder` whose study has these techniques and says `said` beside.

    Its CIFAR-10 is the first `images` of `data`.
    """
    for name in git.ask("ls-files", "-co", "--exclude-standard", folder=ROOT).splitlines():
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/", "benchmarks/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    study = {
        "study": "bench",
        "datasets": ["cifar10"],
        "threads": 1,
        **said,
        "budget": {
            "epochs": epochs,
            "batch_size": 128,
            "members": members,
            "validation": 0,
            "seed": 0,
        },
        "ladder": list(techniques),
        "beside": [],
        "ensembles": [],
        "starts": [],
        "techniques": techniques,
    }
    (folder / "params.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    # What was trained once would take no time the second time.
    files.write(folder / store_settings.SETTINGS, store_settings.OFF)
    (folder / "data" / "raw").mkdir(parents=True)
    with np.load(data) as arrays:
        parts = {
            name: arrays[name][:images] if name.startswith("train") else arrays[name]
            for name in arrays.files
        }
    np.savez(
        folder / "data" / "raw" / "cifar10.npz",
        **parts,
        classes=np.array([str(i) for i in range(10)]),
        source=np.array("benchmark"),
    )
    for command in (["init", "--quiet"], ["add", "--all"]):
        git.ask(*command, folder=folder)
    return folder


def seconds_of(command: list[str], folder: Path) -> float:
    """Wall seconds of a command, which must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return time.perf_counter() - started
