"""The stages in the order of the data, each a module with pure functions and one `main`, which
`python -m stages.train --help` explains.

check      params.yaml → runs/checked, runs/{study}/study.json, recipes/{technique}.json: valid,
           or one line that says why not
download   a data set's official files, and what its recipe selects → data/raw/{dataset}.npz
normalize  → data/normalized/{dataset}/: uint8 images, labels, and how many are alike; the test
           labels in a file of their own
train      a recipe → runs/{study}/{dataset}/{technique}/: weights, history, diagnostics and
           predictions of all members
ensemble   a rung's predictions, combined → runs/{study}/{dataset}/{ensemble}/: from here on one
           more rung
evaluate   a rung's predictions and the true labels → metrics, scores, curves, robustness and images
           in the rung's folder
report     all of runs/{study}/ → reports/{study}/: the page, its tables and its figures

Each also writes a record of what it read, by which code, and what it wrote (records.py).
"""
