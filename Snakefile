# The graph as it runs, its rules in the order of the data. dvc.yaml is the same graph as it is
# cached: same commands, same files.
#
#     snakemake --cores 4                                          the study of params.yaml
#     snakemake --cores 4 --configfile studies/NAME.yaml           another study, whole
#     snakemake --cores 4 --config budget="{epochs: 3}"            an override: budget, datasets,
#                                                                  ladder, device, precision
#     snakemake --cores 4 runs/quickstart/digits/relu/metrics.json just one rung

from os.path import dirname

from stages.records import WRITES
from stages.workflow import engines, graph, printed
from stages.workflow.graph import code_of

# Read here and not by `configfile:`, which would merge a study into params.yaml stanza by stanza.
GRAPH = graph.of_run(workflow)
STUDY = GRAPH.study.study
RUNS = f"runs/{STUDY}"
LOGS = f"logs/{STUDY}"
DATASETS = GRAPH.study.datasets
TRAINED_RUNGS = GRAPH.study.trained
STARTED = GRAPH.study.started
ENSEMBLES = [ensemble.name for ensemble in GRAPH.study.ensembles]
GPU = int(GRAPH.study.device.startswith("cuda"))


engines.tell_at_exit(GRAPH, workflow)


report: "docs/captions/study.rst"


wildcard_constraints:
    dataset="|".join(DATASETS),
    rung="|".join([*TRAINED_RUNGS, *STARTED, *ENSEMBLES]),


localrules:
    all,


rule all:
    input:
        f"reports/{STUDY}/index.html",
    message:
        f"The report: reports/{STUDY}/index.html"


rule check:
    """Validate the study whole; whatever must run because of it comes after it. `checked`, which
    never changes, is what DVC's stages wait for."""
    input:
        code_of("check"),
        unpack(GRAPH.inputs("check")),
        mark=GRAPH.mark("check"),
    output:
        f"{RUNS}.check.json",
        checked="runs/checked",
        study=f"{RUNS}/study.json",
        # Left where they are until they are written anew: a job whose recipe has not changed may
        # read it while this one runs.
        recipes=update(
            expand(
                f"{RUNS}/recipes/{{rung}}.json",
                rung=[*TRAINED_RUNGS, *STARTED, *ENSEMBLES],
            )
        ),
        data_recipes=update(expand("data/recipes/{dataset}.json", dataset=DATASETS)),
    log:
        "logs/check.log",
    conda:
        "environment.yaml"
    resources:
        gpu=GPU,
    params:
        runs=lambda wildcards, output: dirname(output.checked),
        data_recipes=lambda wildcards, output: dirname(output.data_recipes[0]),
    message:
        f"Check the study {STUDY}: {{input.mark.flags[why]}}"
    shell:
        "python -m stages.check --params {input.params:q} --runs {params.runs}"
        " --data-recipes {params.data_recipes} --log {log}"


rule download:
    """Fetch, verify, decode and select a data set; shared by all studies."""
    input:
        code_of("download"),
        unpack(GRAPH.inputs("download")),
        mark=GRAPH.mark("download"),
    output:
        raw="data/raw/{dataset}.npz",
        made_by="data/raw/{dataset}.json",
    log:
        "logs/download/{dataset}.log",
    conda:
        "environment.yaml"
    message:
        "Get the data set {wildcards.dataset}: {input.mark.flags[why]}"
    shell:
        "python -m stages.download --dataset {wildcards.dataset} --recipe {input.recipe}"
        " --official data/official --raw {output.raw} --made-by {output.made_by} --log {log}"


rule normalize:
    """Images for training to map into memory; the test labels in a file of their own."""
    input:
        code_of("normalize"),
        unpack(GRAPH.inputs("normalize")),
        mark=GRAPH.mark("normalize"),
    output:
        expand("data/normalized/{{dataset}}/{file}", file=WRITES["normalize"]),
        "data/normalized/{dataset}/normalize.json",
    log:
        "logs/normalize/{dataset}.log",
    conda:
        "environment.yaml"
    params:
        normalized=lambda wildcards, output: dirname(output[0]),
    message:
        "Normalize the data set {wildcards.dataset}: {input.mark.flags[why]}"
    shell:
        "python -m stages.normalize --raw {input.raw} --normalized {params.normalized} --log {log}"


rule train:
    """All members of a rung in one job; it runs where contents say so: see workflow/graph.py."""
    input:
        unpack(GRAPH.inputs("train")),
        mark=GRAPH.mark("train"),
    output:
        expand(f"{RUNS}/{{{{dataset}}}}/{{{{rung}}}}/{{file}}", file=WRITES["train"]),
        f"{RUNS}/{{dataset}}/{{rung}}/train.json",
    log:
        f"{LOGS}/train/{{dataset}}/{{rung}}.log",
    # No `benchmark:`, whose file's date counts as an output's, and which DVC's runs don't write:
    # cost.json has the same numbers.
    wildcard_constraints:
        rung="|".join([*TRAINED_RUNGS, *STARTED]),
    # The longest first, so that no core waits for it at the end: a rung is the one before it, plus
    # one idea.
    priority: lambda wildcards: [*TRAINED_RUNGS, *STARTED].index(wildcards.rung)
    conda:
        "environment.yaml"
    threads: GRAPH.study.threads
    resources:
        gpu=GPU,
    params:
        run=lambda wildcards, output: dirname(output[0]),
        start=GRAPH.start_flag,
    message:
        "Train {wildcards.rung} on {wildcards.dataset}: {input.mark.flags[why]}"
    shell:
        "python -m stages.train --recipe {input.recipe}"
        " --train-images {input.train_images} --train-labels {input.train_labels}"
        " --test-images {input.test_images} --classes {input.classes}"
        " --run {params.run}{params.start} --log {log}"


rule ensemble:
    """The members of a trained rung, their predictions combined: from here on one more rung."""
    input:
        code_of("ensemble"),
        unpack(GRAPH.inputs("ensemble")),
        mark=GRAPH.mark("ensemble"),
    output:
        expand(f"{RUNS}/{{{{dataset}}}}/{{{{rung}}}}/{{file}}", file=WRITES["ensemble"]),
        f"{RUNS}/{{dataset}}/{{rung}}/ensemble.json",
    log:
        f"{LOGS}/ensemble/{{dataset}}/{{rung}}.log",
    wildcard_constraints:
        rung="|".join(ENSEMBLES) or "none",
    conda:
        "environment.yaml"
    params:
        run=lambda wildcards, output: dirname(output[0]),
    message:
        "Combine the members into {wildcards.rung} on {wildcards.dataset}: {input.mark.flags[why]}"
    shell:
        "python -m stages.ensemble --recipe {input.recipe} --predictions {input.predictions}"
        " --run {params.run} --log {log}"


rule evaluate:
    """The only rule that reads the test labels."""
    input:
        code_of("evaluate"),
        unpack(GRAPH.inputs("evaluate")),
        mark=GRAPH.mark("evaluate"),
    output:
        expand(f"{RUNS}/{{{{dataset}}}}/{{{{rung}}}}/{{file}}", file=WRITES["evaluate"]),
        f"{RUNS}/{{dataset}}/{{rung}}/evaluate.json",
    log:
        f"{LOGS}/evaluate/{{dataset}}/{{rung}}.log",
    conda:
        "environment.yaml"
    params:
        run=lambda wildcards, output: dirname(output[0]),
    message:
        "Evaluate {wildcards.rung} on {wildcards.dataset}: {input.mark.flags[why]}"
    shell:
        "python -m stages.evaluate --recipe {input.recipe} --predictions {input.predictions}"
        " --test-images {input.test_images} --test-labels {input.test_labels}"
        " --classes {input.classes} --facts {input.facts} --run {params.run} --log {log}"


rule report:
    """The page, its tables and figures, from everything that the study has made."""
    input:
        code_of("report"),
        unpack(GRAPH.inputs("report")),
        mark=GRAPH.mark("report"),
    output:
        page=report(
            f"reports/{STUDY}/index.html",
            caption="docs/captions/page.rst",
            category="The page",
            labels={"study": STUDY},
        ),
        summary=f"reports/{STUDY}/summary.md",
        metrics=f"reports/{STUDY}/metrics.json",
        tables=report(
            directory(f"reports/{STUDY}/tables"),
            patterns=["{table}.csv"],
            caption="docs/captions/tables.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
        figures=report(
            directory(f"reports/{STUDY}/figures"),
            patterns=["{of,[^-]+}-{figure}.svg"],
            caption="docs/captions/figures.rst",
            category="Figures",
            labels={"of": "{of}", "figure": "{figure}"},
        ),
        best=directory(f"reports/{STUDY}/best"),
        # Of all studies, and so nothing that DVC could keep for this one.
        all_studies=update(GRAPH.list_of_studies),
        record=f"reports/{STUDY}/report.json",
    log:
        f"{LOGS}/report.log",
    conda:
        "environment.yaml"
    params:
        runs=RUNS,
    message:
        f"Write the report of {STUDY}: {{input.mark.flags[why]}}"
    shell:
        "python -m stages.report --runs {params.runs} --normalized data/normalized"
        " --claims {input.claims} --studies studies"
        " --template {input.template} --index-template {input.index_template}"
        " --summary-template {input.summary_template} --style {input.style} --script {input.script}"
        " --page {output.page} --summary-page {output.summary}"
        " --tables {output.tables} --figures {output.figures} --metrics {output.metrics}"
        " --best {output.best} --record {output.record} --log {log}"


onstart:
    GRAPH.begin()
    engines.before_snakemake(GRAPH)
    printed.without_reasons()
    printed.too_many(
        workflow.cores, workflow.executor_plugin.common_settings.local_exec
    )


onsuccess:
    engines.after_snakemake(GRAPH)


onerror:
    printed.why_killed(log)
