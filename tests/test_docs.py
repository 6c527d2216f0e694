"""docs/add-a-technique.md is done word for word: one function, one stanza, and nothing else is trained or written."""

import re

from conftest import ROOT, Trained, run

PAGE = (ROOT / "docs" / "add-a-technique.md").read_text()


def test_adding_a_technique_as_the_page_says(tiny):
    [function], [stanza] = (re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) for language in ("python", "yaml"))
    metrics = [f"runs/tiny/digits/{rung}/metrics.json" for rung in ("basic", "relu")]
    trained = Trained(tiny)
    first = run(tiny, "snakemake", "--cores", "2", *metrics)
    assert first.returncode == 0, first.stdout
    assert trained.rungs() == {"basic", "relu"}

    with open(tiny / "stages" / "techniques" / "activation.py", "a") as file:
        file.write(f"\n\n{function}")
    params = tiny / "params.yaml"
    params.write_text(params.read_text().replace("ladder: [basic, relu, dropout]", "ladder: [basic, relu, gelu, dropout]") + stanza)

    second = run(tiny, "snakemake", "--cores", "2", *metrics, "runs/tiny/digits/gelu/metrics.json")
    assert second.returncode == 0, second.stdout
    assert trained.rungs() == {"gelu"}
    assert (tiny / "runs" / "tiny" / "digits" / "gelu" / "metrics.json").exists()
