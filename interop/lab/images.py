"""Peers as container images that Docker has already: run like programs, on the network and the folders of this machine.

Nothing is pulled here: who wants a peer so pulls its image. A container that outlives the command that started it, as
when that is killed, is removed with the case.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Whose entry point is the program.
IMAGES = {
    "jaeger": "jaegertracing/jaeger",
    "loki": "grafana/loki",
    "mimir": "grafana/mimir",
    "otelcol-contrib": "otel/opentelemetry-collector-contrib",
    "prometheus": "prom/prometheus",
    "prometheus-2": "prom/prometheus",
    "tempo": "grafana/tempo",
    "thanos": "thanosio/thanos",
    "victoria-metrics": "victoriametrics/victoria-metrics",
}
SECONDS = 20
LABEL = "millrace-interop"

# The variables that a case sets go into the container, and no others.
WRAPPER = """#!{python}
import os, sys
env = [word for key in os.environ if key not in {known} for word in ("--env", key)]
os.execvp("docker", {command} + env + [{image!r}] + sys.argv[1:])
"""


def program(lab, name, version=""):
    """A program that runs the peer's image, and the version that its tag says; nothing if Docker has none of that version."""
    for image in _images(IMAGES.get(name)):
        tag = image.rpartition(":")[2].removeprefix("v")
        if re.match(r"\d", tag) and tag.startswith(version):
            return _wrapper(lab, name, image), tag
    return None


def remove(case):
    """Whatever containers of a case are left. case: the name of its folder."""
    if not shutil.which("docker"):
        return
    left = _docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}={case}").split()
    if left:
        _docker("rm", "--force", *left)


def _images(repository):
    """Newest first."""
    if not repository or not shutil.which("docker"):
        return []
    return _docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository).split()


def _docker(*words):
    """What it says; nothing where it has nothing to say, or does not answer."""
    try:
        return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _wrapper(lab, name, image):
    pins = Path(__file__).resolve().parent.parent
    command = ["docker", "run", "--rm", "--init", "--network", "host", "--label", f"{LABEL}={lab.folder.name}"]
    command += ["--user", f"{os.getuid()}:{os.getgid()}", "--workdir", str(lab.folder)]
    command += ["--volume", f"{lab.folder}:{lab.folder}", "--volume", f"{pins}:{pins}:ro"]
    wrapper = lab.folder / f"{name}-image"
    wrapper.write_text(
        WRAPPER.format(python=sys.executable, known=json.dumps(sorted(os.environ)), command=json.dumps(command), image=image)
    )
    wrapper.chmod(0o755)
    return wrapper
