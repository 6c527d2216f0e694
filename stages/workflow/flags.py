"""Flags of Snakemake that it would take otherwise than they look."""

from stages.command import Problem


def refuse_twice(words: list[str]) -> None:
    """Raise Problem for a flag that stands twice in Snakemake's command line, of which it would
    take the last one only, without a word."""
    for names in (("--config", "-C"), ("--configfile", "--configfiles")):
        found = [word for word in words if word.partition("=")[0] in names]
        if len(found) > 1:
            what = f"write it once, with all that belongs to it: {names[0]} ONE OTHER"
            raise Problem(f"{names[0]}: found {len(found)} times; Snakemake takes the last; {what}")
