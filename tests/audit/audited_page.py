"""What a page says of one data set, in sentences, and the tables that it stands on."""

import html
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from audited_files import number, rows

Row = dict[str, str]
# Of names of one verdict so many are said.
NAMED = 6
MARKS = {"better": "▲", "worse": "▼", "better and worse": "▲▼", "can't tell": "○"}
WRITTEN = {"iou": "IoU", "psnr": "PSNR", "ssim": "SSIM"}


def words(name: str) -> str:
    """A name as a reader reads it."""
    text = name.replace("_", " ")
    return re.sub(rf"\b({'|'.join(WRITTEN)})\b", lambda found: WRITTEN[found[0]], text)


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])


def some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMED
    return listed([*names[:NAMED], *([f"{more} more"] if more > 0 else [])])


def networks(count: float) -> str:
    return "one network" if count == 1 else f"{count:.0f} networks"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


@dataclass(frozen=True)
class Page:
    """The tables of one data set by name, what stands in its page as (place, text), and its tables
    as they are shown: by name, rows of texts below their heads."""

    dataset: str
    tables: dict[str, list[Row]]
    blocks: list[tuple[str, str]]
    shown: dict[str, list[Row]]

    @cached_property
    def score(self) -> str:
        """What networks are scored by."""
        return self.tables["study"][0]["score"]

    @property
    def share(self) -> bool:
        """Whether that is a share, shown in %."""
        return self.score.endswith(("accuracy", "iou"))

    @property
    def digits(self) -> int:
        return 1 if self.share else 2

    @property
    def ladder(self) -> list[Row]:
        return self.tables["ladder"]

    def of_kind(self, *kinds: str) -> list[Row]:
        return [row for row in self.ladder if row["kind"] in kinds]

    def rung(self, named: str) -> Row:
        """The row of a rung that a sentence names: in the ladder, where it has one there."""
        found = [row for row in self.ladder if words(row["rung"]) == named]
        assert found, f"no rung of the tables is called {named!r}"
        return ([row for row in found if row["kind"] in ("trained", "combined")] or found)[-1]

    @property
    def alone(self) -> list[Row]:
        """Every trained rung once, where it comes first."""
        found: dict[str, Row] = {}
        for row in self.of_kind("trained", "beside", "apart"):
            found.setdefault(row["rung"], row)
        return list(found.values())

    # How numbers are written.

    def value(self, text: str | float) -> str:
        factor = 100 if self.share else 1
        return f"{factor * number(str(text)):.{self.digits}f}".replace("-", "−")

    def signed(self, text: str | float) -> str:
        factor = 100 if self.share else 1
        return f"{factor * number(str(text)):+.{self.digits}f}".replace("-", "−")

    @property
    def unit(self) -> str:
        return " %" if self.share else " dB"

    @property
    def points(self) -> str:
        return " percentage points" if self.share else " dB"

    def reached(self, row: Row) -> str:
        """A rung's score, its interval, and of how many networks it is."""
        of = f"n = {row['members']}"
        if row["kind"] == "combined":
            of = "one ensemble"
        elif row["learned_members"] == "0":
            of += ", none learned"
        elif row["learned_members"] != row["members"]:
            of = f"n = {row['learned_members']} of {row['members']}, which learned"
        mean, low, high = (self.value(row[self.score + end]) for end in ("", "_low", "_high"))
        return f"{mean}{self.unit} ({low} to {high}, {of})"

    def apart(self, row: Row, unit: str = "") -> str:
        """The difference of a row, with its interval where it has one."""
        text = self.signed(row["difference"]) + unit
        if not row["difference_low"]:
            return text
        low, high = (self.signed(row[f"difference_{end}"]) for end in ("low", "high"))
        return f"{text} ({low} to {high})"

    def change(self, row: Row) -> str:
        """What became of a rung against the one that it is compared with: how many learned, where
        that differs, and the difference of those."""
        texts = []
        if number(row["learned_difference"]) not in (0.0,) and row["learned_difference"]:
            texts.append(f"{self.counts(row)} instead of {self.counts_below(row)}")
        if row["difference"]:
            texts.append(self.apart(row, self.points))
        return "; of those that learned ".join(texts)

    def counts(self, row: Row) -> str:
        return f"{row['learned_members']} of {row['members']} learned"

    def counts_below(self, row: Row) -> str:
        below, of = number(row["compared_learned"]), number(row["compared_members"])
        return f"{below:.0f} of {of:.0f}"


def gain(row: Row, sign: int = 1) -> float:
    """By how much a row is better: in the share that learned where that is what is sure, or all
    that is known; else in the score."""
    share = number(row["learned_difference"])
    if (number(row["learned_p_corrected"]) <= 0.05 and share) or not row["difference"]:
        return share
    return sign * number(row["difference"])


def of_verdict(of: list[Row], verdict: str) -> list[Row]:
    """Those of one verdict, the largest change first; where there is no telling, as they come."""
    found = [row for row in of if row["verdict"] == verdict]
    if verdict in ("better", "worse"):
        found.sort(key=gain, reverse=verdict == "better")
    return found


def read_tables(folder: Path, dataset: str) -> dict[str, list[Row]]:
    """The tables of one data set, each row as it is written."""
    of = {file.stem: rows(file) for file in folder.glob("*.csv") if file.stat().st_size > 1}
    here = {
        name: [row for row in table if row.get("dataset", dataset) == dataset]
        for name, table in of.items()
    }
    # Of the whole study the p values are corrected.
    return here | {"all of ladder": of["ladder"]}


def read_page(folder: Path, dataset: str) -> Page:
    """A page and its tables, from the folder of a report."""
    text = (folder / "index.html").read_text(encoding="utf-8")
    text = re.sub(r"<(svg|style|script)\b.*?</\1>", "", text, flags=re.S)
    shown = {
        name: _table(found)
        for name, found in re.findall(
            rf'<table id="{dataset}-([\w-]+)-table"(.*?)</table>', text, re.S
        )
    }
    text = re.sub(r"<table.*?</table>", "", text, flags=re.S)
    return Page(dataset, read_tables(folder / "tables", dataset), _blocks(text, dataset), shown)


def plain(markup: str) -> str:
    """The text of some HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def _table(found: str) -> list[Row]:
    heads = [plain(of) for of in re.findall(r"<th scope=\"col\".*?</th>", found, re.S)]
    body = found.partition("<tbody>")[2]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    cells = [re.findall(r"<(?:td|th)\b.*?>(.*?)</(?:td|th)>", line, re.S) for line in lines]
    return [dict(zip(heads, map(_cell, line), strict=True)) for line in cells]


def _cell(markup: str) -> str:
    """What stands in a cell, without the remark below it."""
    return plain(re.sub(r"<small>.*?</small>|<span class=\"flag\">.*?</span>", "", markup))


# Which parts of a page are read, in its order: the place of a block, and where it begins; it ends
# with the next of these, or where the section does.
SECTIONS = ["found", "predicted", "why"]
OF_DATA = "What the data don't tell"
HEADS = {
    "Why some networks did not learn": "reasons",
    "What became of the decks' claims": "claims",
    "Limits that are passed": "faults",
    "Large changes from one rung to the next": "inside",
    "What was tested as a reason": "tested",
}


def _blocks(text: str, dataset: str) -> list[tuple[str, str]]:
    """Every paragraph and every item of a list in the parts that say what was found."""
    found = []
    for section in SECTIONS:
        place = section
        part = re.search(rf'<section id="{dataset}-{section}">(.*?)</section>', text, re.S)
        for tag, attributes, inner in re.findall(
            r"<(p|li|h3|figcaption)\b([^>]*)>(.*?)</\1>", part[1] if part else "", re.S
        ):
            said = plain(inner)
            if tag == "h3":
                place = HEADS[said]
            elif tag == "li":
                found.append(_item(place, inner, said, dataset))
            elif "answer" in attributes:
                found.append(("lead", said))
            else:
                found.append((f"{section}, paragraphs", said))
    for section in re.findall(rf'<section id="{dataset}-group-\d+">(.*?)</section>', text, re.S):
        title = plain(re.search(r"<h3>(.*?)</h3>", section, re.S)[1])
        choice = section.partition("<h4>The choice</h4>")[2]
        items = [plain(of) for of in re.findall(r"<li>(.*?)</li>", choice, re.S)]
        found += [("choice", f"{title}: {item}") for item in items]
    of_data = re.search(rf"<h3>{OF_DATA}</h3>\s*<ul>(.*?)</ul>", text, re.S)
    found += [("data", plain(of)) for of in re.findall(r"<li>(.*?)</li>", of_data[1], re.S)]
    note = re.search(rf'<section id="{dataset}-ladder">.*?<p class="note">(.*?)</p>', text, re.S)
    return [*found, ("ladder", plain(note[1]))]


def _item(place: str, inner: str, said: str, dataset: str) -> tuple[str, str]:
    if f"#{dataset}-group" in inner:
        return "group", said
    if f"#{dataset}-predicted" in inner:
        return "counted", said
    if place != "found":
        return place, said
    said = said.removesuffix(" The table")
    return ("choice" if re.search(r": Of \d+ rungs the validation images", said) else place), said


def read_summary(folder: Path, dataset: str) -> Page:
    """A summary in Markdown and the tables beside it."""
    text = (folder / "summary.md").read_text(encoding="utf-8")
    text = re.sub(r"\\([\\`*_|<>\[\]#])", r"\1", text)
    several = text.count("\n## What was found") > 1
    head = rf"## What was found{' on ' + words(dataset) if several else ''} \("
    part = re.split(r"\n## ", re.split(head, text)[1])[0]
    blocks = [("lead", found) for found in re.findall(r"^\*\*(.*)\*\*$", part, re.M)]
    tables = read_tables(folder / "tables", dataset)
    titles = {row["group"] for row in tables["ladder"] if row["kind"] == "beside"}
    part, _, of_data = part.partition(f"{OF_DATA}:")
    of_data, *after = re.split(r"\n\n(?!- )", of_data, maxsplit=1)
    blocks += [("data", item) for item in re.findall(r"^- (.*)$", of_data, re.M)]
    part += "".join(after)
    for item in re.findall(r"^- (.*)$", part, re.M):
        chosen = re.search(r": Of \d+ rungs the validation images", item)
        of_group = any(item.startswith(f"{title}. Each against") for title in titles)
        blocks.append(("choice" if chosen else "group" if of_group else "found", item))
    for start, place in (("What this can't tell you:", "limits"), ("Predictions that", "counted")):
        blocks += [(place, line) for line in part.splitlines() if line.startswith(start)]
    return Page(dataset, tables, blocks, _of_markdown(part))


def _of_markdown(part: str) -> dict[str, list[Row]]:
    found = {}
    for table in re.findall(r"((?:^\|.*\n)+)", part + "\n", re.M):
        head, _, *lines = (
            [c.strip() for c in line.split("|")[1:-1]] for line in table.splitlines()
        )
        name = {"Rung": "ladder", "Prediction": "expectations"}.get(head[0], head[0])
        name = "claims" if "Claimed" in head else name
        found[name] = [dict(zip(head, line, strict=True)) for line in lines]
    return found
