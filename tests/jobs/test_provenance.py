"""What a job says of the memory that it has taken."""

import subprocess
import sys


def test_the_peak_of_memory_is_this_processs_own():
    """Not that of whoever started it, which the system hands on: here 2 GiB, far above torch's."""
    asks = "from stages.jobs.cost import peak_memory; print(peak_memory())"
    large = (
        "import subprocess, sys; kept = b'.' * 2**31; "
        f"subprocess.run([sys.executable, '-c', {asks!r}], check=True)"
    )
    started = subprocess.run(
        [sys.executable, "-c", large], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert 50 < float(started.stdout) < 2048


def test_the_peak_of_memory_counts_what_was_freed_since():
    asks = (
        "from stages.jobs.cost import peak_memory; "
        "kept = b'.' * 2**30; del kept; print(peak_memory())"
    )
    alone = subprocess.run(
        [sys.executable, "-c", asks], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert float(alone.stdout) > 1024
