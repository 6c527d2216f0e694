"""The flags that every contender has."""

import argparse


def common() -> argparse.ArgumentParser:
    """A parser of data, width, epochs, batch, seed and threads."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    parser.add_argument("--width", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    return parser
