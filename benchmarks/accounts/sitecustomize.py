"""What a process spends its processor time on, told at its end: Python imports this at its start,
wherever benchmarks/where.py puts this folder on PYTHONPATH.

A file in the folder ACCOUNTS gets the process' command and its seconds by part. Time is that of the
innermost part that is at work; a thread of its own is counted with what is at work beside it.
"""

import atexit
import builtins
import functools
import json
import os
import sys
import time

# Function → the part that it is; what one calls is of that part, too, unless it is another's.
PARTS = {
    "stages.records.read": "reading",
    "stages.training.data.load": "reading",
    "stages.training.rung.train_members": "training",
    "stages.training.looks.Looks.look": "looking inside",
    "stages.training.robustness.predictions": "robustness",
    "stages.training.outputs.write": "writing",
    "stages.jobs.checkpoint.Checkpoints.save": "writing",
    "stages.jobs.store.Entry.put": "writing",
    "stages.records.write": "writing",
    "stages.files.write": "writing",
    "stages.page.drawing.write_figures": "drawing",
}
OTHER = "other"


class Account:
    """Seconds by part; `open` are the parts that are at work, the innermost last."""

    def __init__(self):
        self.seconds, self.open, self.since = {}, [OTHER], 0.0

    def turn(self):
        """Count what has passed since the last turn for the innermost part."""
        now = time.process_time()
        part = self.open[-1]
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self.since
        self.since = now

    def within(self, part, function, *args, **kwargs):
        """What a function gives, its time counted for a part."""
        self.turn()
        self.open.append(part)
        try:
            return function(*args, **kwargs)
        finally:
            self.turn()
            self.open.pop()

    def tell(self, folder):
        """Write it down."""
        self.turn()
        with open(f"{folder}/{os.getpid()}.json", "w", encoding="utf-8") as file:
            json.dump({"command": sys.orig_argv, "seconds": self.seconds}, file)


def watch(account, waiting):
    """Count each import, and wrap the functions of PARTS as soon as their modules are there."""
    import_ = builtins.__import__

    def counted(*args, **kwargs):
        if account.open[-1] == "imports":
            found = import_(*args, **kwargs)
        else:
            found = account.within("imports", import_, *args, **kwargs)
        for path in [path for path in waiting if wrapped(account, path)]:
            waiting.remove(path)
        return found

    builtins.__import__ = counted


def wrapped(account, path):
    """Whether the function of that name was there, and is wrapped now."""
    module, _, name = path.rpartition(".")
    place = sys.modules.get(module)
    if place is None:
        # A method, of a class in a module.
        module, _, owner = module.rpartition(".")
        place = getattr(sys.modules.get(module), owner, None)
    function = getattr(place, name, None)
    if function is None:
        return False
    of_part = functools.partial(account.within, PARTS[path], function)
    setattr(place, name, functools.wraps(function)(lambda *args, **rest: of_part(*args, **rest)))
    return True


if "ACCOUNTS" in os.environ:
    this = Account()
    atexit.register(this.tell, os.environ["ACCOUNTS"])
    watch(this, set(PARTS))
