"""What Snakemake's report says of each table and figure of a study's page."""

from types import SimpleNamespace

import jinja2
from conftest import ROOT, TINY
from test_report import make_runs, write

from stages.page import tasks


def _said(of: str, name: str) -> str:
    template = (ROOT / "docs" / "captions" / f"{of}s.rst").read_text(encoding="utf-8")
    named = SimpleNamespace(wildcards=SimpleNamespace(**{of: name}))
    return jinja2.Template(template).render(snakemake=named).strip()


def test_every_table_and_figure_has_a_sentence_of_its_own(tmp_path):
    make_runs(tmp_path / "runs", TINY.read_text(encoding="utf-8"))
    write(tmp_path / "runs", tmp_path / "made")
    tables = {path.stem for path in (tmp_path / "made" / "tables").iterdir()}
    for task in ("segmentation", "super_resolution"):
        tables |= {*tasks.load(task).EMBEDDED}
    figures = {path.stem.split("-", 1)[1] for path in (tmp_path / "made" / "figures").iterdir()}
    for of, names in (("table", tables), ("figure", figures | {"rates"})):
        said = {name: _said(of, name).partition(".\n")[0] for name in names}
        assert len(set(said.values())) == len(names) > 10
        assert not any("lesson" in sentence for sentence in said.values()), said
        assert "of a lesson" in _said(of, "xor-boundary")
