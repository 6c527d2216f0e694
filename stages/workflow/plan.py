"""Which jobs of a study must run, by what the records say of what is there, whatever the dates."""

import hashlib
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from stages import files, records
from stages.workflow.jobs import Job, Jobs, flat


class State(Enum):
    """How what a job has made stands to what it would make now."""

    MADE = "made"
    # By this code from these files, but it is no longer what was written; or nothing says so.
    DAMAGED = "damaged"
    OUTDATED = "out of date"


class Plan:
    """The states of all jobs of a study.

    `planned` are the hashes of what `check` would write now, by path, whatever is there.
    """

    def __init__(self, jobs: Jobs, planned: dict[str, str], sha256: Callable[[Path], str]):
        self.jobs, self.planned, self.sha256 = jobs, planned, sha256
        self.states: dict[Job, State] = {}
        self.codes: dict[str, str] = {}

    def state(self, job: Job) -> State:
        """The state of a job. One that must run again because a file is damaged writes what it
        wrote before: then those that read it need not run, for which see _promised."""
        if job not in self.states:
            self.states[job] = self._state(job)
        return self.states[job]

    def needed(self, job: Job) -> bool:
        """Whether a job must run."""
        return self.state(job) is not State.MADE

    def waits(self, job: Job, path: str) -> bool:
        """Whether a job must run, and one that writes `path` before it."""
        maker = self.jobs.makers.get(path)
        return maker is not None and self.needed(job) and self.needed(maker)

    def others(self, job: Job) -> list[str]:
        """The files of a job that are not what its record says, or are not there."""
        record = Path(self.jobs.record(job))
        promised, found = records.of(record).get("wrote", {}), self._wrote(job)
        names = promised.keys() | found.keys()
        differ = sorted(name for name in names if promised.get(name) != found.get(name))
        return [record.name] if not promised else differ

    def why(self, job: Job) -> str:
        """Why a job must run, in words; of one that need not, that somebody asks for it."""
        state, record = self.state(job), records.of(Path(self.jobs.record(job)))
        if state is State.MADE:
            return "it is asked for"
        if not record:
            return "it has left no record yet"
        if state is State.DAMAGED:
            other = self.others(job)[0]
            there = (Path(self.jobs.record(job)).parent / other).exists()
            return f"{other} is {'not what it wrote' if there else 'gone'}"
        if record["code"] != self._code(job.stage):
            return "its code has changed"
        read = self._read(job)
        other = [path for path in read if record["read"].get(path, "") != read[path]]
        if not other:
            less = record["read"].keys() > read.keys()
            return "it reads fewer files now" if less else "what it would write has changed"
        return f"{other[0]} is made anew" if read[other[0]] is None else f"{other[0]} has changed"

    def _state(self, job: Job) -> State:
        record = records.of(Path(self.jobs.record(job)))
        made_of = {"code": self._code(job.stage), "read": self._read(job)}
        if not record:
            # Where nothing of it is there, no job that stays as it is could lead Snakemake to it.
            as_it_was = None not in made_of["read"].values() and self._wrote(job)
            return State.DAMAGED if as_it_was else State.OUTDATED
        if any(record[key] != value for key, value in made_of.items()):
            return State.OUTDATED
        if job.stage == "check" and not self._is_as_planned(record):
            return State.OUTDATED
        return State.MADE if record["wrote"] == self._wrote(job) else State.DAMAGED

    def _is_as_planned(self, record: dict) -> bool:
        """Whether `check` would write now what it wrote: more decides it than the file of the
        study, images in a folder among it."""
        beside, wrote = Path(self.jobs.record(Job("check"))), record["wrote"]
        named = {records.name(beside, Path(path)): of for path, of in self.planned.items()}
        return all(wrote.get(name) == digest for name, digest in named.items())

    def _found(self, path: str) -> str | None:
        return records.if_there(self.sha256, Path(path))

    def _code(self, stage: str) -> str:
        if stage not in self.codes:
            self.codes[stage] = records.code_digest(stage, self.sha256)
        return self.codes[stage]

    def _read(self, job: Job) -> dict[str, str | None]:
        paths = flat(self.jobs.reads(job))
        return {path: self._promised(path, job) for path in paths}

    def _promised(self, path: str, reader: Job) -> str | None:
        """The hash that a file has or will have as a job reads it; None where nobody knows it.

        A training that is repeated ends in the same bytes on the same kind of machine alone. So all
        that takes seconds follows it; other trainings wait for the next run to see other bytes.
        """
        if path in self.planned:
            return self.planned[path]
        maker = self.jobs.makers.get(path)
        if maker is None or self.state(maker) is State.MADE:
            return self._found(path)
        repeated = maker.stage == "train" and reader.stage != "train"
        if self.state(maker) is State.OUTDATED or repeated:
            return None
        record = Path(self.jobs.record(maker))
        if not records.of(record):
            # As it was, whatever that is: after the run, left() sees whether it is so.
            return records.of(Path(self.jobs.record(reader))).get("read", {}).get(path, "")
        if path == str(record):
            return self._found(path)
        return records.of(record)["wrote"].get(records.name(record, Path(path)))

    def _wrote(self, job: Job) -> dict[str, str]:
        record = Path(self.jobs.record(job))
        return records.wrote(record, self.jobs.hashed(job), self.sha256)


def planned(jobs: Jobs, data_recipes: dict[str, dict]) -> dict[str, str]:
    """{path: SHA-256} of what `check` would write now."""
    content = {jobs.recipe(rung): recipe for rung, recipe in jobs.recipes.items()}
    content |= {f"data/recipes/{name}.json": recipe for name, recipe in data_recipes.items()}
    content[f"{jobs.runs}/study.json"] = jobs.study.model_dump()
    return {path: digest(files.canonical(value)) for path, value in content.items()}


def digest(text: str) -> str:
    """The SHA-256 of a file that holds `text`."""
    return hashlib.sha256(text.encode()).hexdigest()
