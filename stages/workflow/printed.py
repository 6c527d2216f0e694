"""What a running Snakemake prints in the terminal."""


def without_reasons() -> None:
    """Leave out why a job runs: a line that names every file which is new to it, for the report a
    page long. The run's log file has these lines, and a dry run, which does not come here, prints
    them."""
    from snakemake.logging import logger
    from snakemake.settings.enums import Quietness

    for handler in logger.handlers:
        if handler.name == "DefaultStreamHandler":
            handler.formatter.quiet = {*handler.formatter.quiet, Quietness.REASON}
