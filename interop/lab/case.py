"""One case: a file in cases/ with a function run(lab), and its verdict."""

import importlib
import json
import signal
import sys
import traceback
from pathlib import Path

from lab.processes import USES, Lab
from lab.verdict import Failed, Skipped

PASSED, FAILED, SKIPPED = "passed", "FAILED", "skipped"

CASES = Path(__file__).resolve().parent.parent / "cases"


def names():
    return sorted(file.stem.replace("_", "-") for file in CASES.glob("[a-z]*.py"))


def summary(name):
    return load(name).__doc__.splitlines()[0]


def load(name):
    return importlib.import_module("cases." + name.replace("-", "_"))


def run_alone(name, folder):
    """Runs a case in this process and leaves its verdict in the folder."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Lab(name, folder) as lab:
            load(name).run(lab)
        verdict, reason = PASSED, ""
    except Skipped as e:
        verdict, reason = SKIPPED, str(e)
    except Failed as e:
        verdict, reason = FAILED, str(e)
    except Exception as e:
        traceback.print_exc()
        verdict, reason = FAILED, repr(e)
    (folder / "verdict").write_text(f"{verdict}\n{reason}")
    return 0


def verdict(folder, exit_status):
    """What run_alone left."""
    file = folder / "verdict"
    if not file.exists():
        return FAILED, f"ended with status {exit_status} and no verdict"
    left, _, reason = file.read_text().partition("\n")
    return left, reason


def peers(folder):
    """The versions of the peers that it used, by their names."""
    file = folder / USES
    return json.loads(file.read_text()) if file.exists() else {}
