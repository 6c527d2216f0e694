"""What Snakemake and DVC need from each other: the graph, their books, a run made again, a study made params.yaml. No torch."""

__all__ = ["engines", "graph", "use", "verify"]
