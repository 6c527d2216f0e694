"""What Snakemake and DVC need from each other, without torch: the graph, their books, a run made
again, a study made params.yaml."""

__all__ = ["engines", "graph", "jobs", "printed", "use", "verify", "watched"]
