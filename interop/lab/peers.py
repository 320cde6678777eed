"""Peers: found on this machine, as programs or as images of Docker, or made from their registry once, at a pinned version, into a cache.

What was made is kept for the next run under the hash of the files that pin it: whoever changes a
version gets a new one.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lab import images
from lab.verdict import Failed, Skipped

PINS = Path(__file__).resolve().parent.parent
BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.155.0"
MAKE_SECONDS = 1200
ASK_SECONDS = 20
NUMBER = r"\d+\.\d+(?:\.\d+)?"


def installed(lab, name, hint, program=None, version=""):
    """The program that an environment variable names, HAPROXY for haproxy, or that is on PATH.

    program: what it is called on PATH, if not by its name. version: how its number has to begin.
    """
    found = _installed(lab, name, program or name, version)
    if not found:
        wanted = f"{program or name} {version}".strip()
        raise Skipped(f"no {name} found (expected: {wanted} on PATH, or its path in {_variable(name)}; {hint})")
    return found


def go(lab, name, package, tags="", version=""):
    """A Go program: installed, in that version, or else built from the module that NAME/go.mod pins."""
    found = _installed(lab, name, name, version)
    if found:
        return found
    if not shutil.which("go"):
        installed(lab, name, "or Go on PATH, to build it with", version=version)
    # The release stands behind the module's version where that is another.
    lab.uses(name, _pinned(name, "go.mod", rf"^(?:require|\t)\s*\S+ (?:\S+ // )?v?({NUMBER})"))

    def make(target):
        _go_build(lab, name, PINS / name, target, package, tags=tags)

    return _cached(name, make) / name


def collector(lab):
    """A Collector with Kafka: installed as otelcol-contrib, or built as otelcol/builder.yaml says."""
    found = _installed(lab, "otelcol-contrib", "otelcol-contrib")
    if found:
        return found
    if not shutil.which("go"):
        installed(lab, "otelcol-contrib", "or Go on PATH, to build it with")
    lab.uses("otelcol", _pinned("otelcol", "builder.yaml", rf"version: ({NUMBER})"))

    def make(target):
        shutil.copy(PINS / "otelcol" / "builder.yaml", target)
        # It ends with tidying up what only tests need; whether that can be had does not matter.
        generate = ["go", "run", BUILDER, "--skip-compilation", "--config", target / "builder.yaml"]
        lab.start("builder-of-otelcol", generate, cwd=target).wait(MAKE_SECONDS)
        shutil.copy(PINS / "otelcol" / "go.sum", target / "gen")
        # Its go.mod wants completing, with what go.sum has.
        _go_build(lab, "otelcol", target / "gen", target, ".", mod="mod")

    return _cached("otelcol", make) / "otelcol"


def python(lab, name):
    """The interpreter of a virtual environment with what NAME/requirements.txt pins."""
    lab.uses(name, _pinned(name, "requirements.txt", rf"opentelemetry-sdk==({NUMBER})"))

    def make(target):
        _make(lab, f"environment of {name}", [sys.executable, "-m", "venv", target])
        install = ["-m", "pip", "install", "--quiet", "-r", PINS / name / "requirements.txt"]
        _make(lab, f"packages of {name}", [target / "bin" / "python", *install])

    return _cached(name, make) / "bin" / "python"


def node(lab, name):
    """A folder with NAME's files and the packages that its package-lock.json pins."""
    installed(lab, "npm", "it comes with Node.js")
    lab.uses(name, _pinned(name, "package.json", rf'"@opentelemetry/sdk-trace-base": "({NUMBER})"'))

    def make(target):
        shutil.copytree(PINS / name, target, dirs_exist_ok=True)
        _make(lab, f"packages of {name}", ["npm", "ci", "--ignore-scripts", "--prefix", target])

    return _cached(name, make)


def java(lab, name):
    """A class path with NAME's classes and the libraries that NAME/pom.xml pins."""
    installed(lab, "java", "a JDK 17 or newer")
    lab.uses(name, _pinned(name, "pom.xml", rf"<opentelemetry.version>({NUMBER})<"))

    def make(target):
        shutil.copytree(PINS / name, target, dirs_exist_ok=True)
        maven = [PINS.parent / "mvnw", "-q", "-B", "-f", target / "pom.xml"]
        _make(lab, f"build of {name}", [*maven, "compile", "dependency:copy-dependencies"])

    made = _cached(name, make) / "target"
    return f"{made / 'classes'}:{made / 'dependency'}/*"


def rust(lab, name):
    """A program that NAME/Cargo.lock pins."""
    if not shutil.which("cargo"):
        installed(lab, "cargo", "the Rust toolchain")
    lab.uses(name, _pinned(name, "Cargo.toml", rf'^opentelemetry_sdk = .*"=?({NUMBER})"'))

    def make(target):
        shutil.copytree(PINS / name, target, dirs_exist_ok=True)
        _make(lab, f"build of {name}", ["cargo", "build", "--release", "--locked", "--manifest-path", target / "Cargo.toml"])
        shutil.move(target / "target" / "release" / name, target / name)
        shutil.rmtree(target / "target")

    return _cached(name, make) / name


def _installed(lab, name, program, version=""):
    named = os.environ.get(_variable(name))
    if named and not os.access(named, os.X_OK):
        raise Failed(f"{_variable(name)}: {named} (expected: a program)")
    found = named or shutil.which(program)
    said = _said(found) if found else ""
    if found and (named or said.startswith(version)):
        lab.uses(name, said or "installed")
        return found
    image = images.program(lab, name, version)
    if image:
        found, tag = image
        lab.uses(name, tag)
        return found
    return None


def _said(program):
    """The number that a program gives as its own in its first line; empty if it gives none."""
    for option in ("--version", "-v"):
        try:
            done = subprocess.run([program, option], capture_output=True, text=True, timeout=ASK_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            continue
        number = re.search(NUMBER, (done.stdout + done.stderr).partition("\n")[0])
        if number:
            return number.group()
    return ""


def _pinned(name, file, pattern):
    return re.search(pattern, (PINS / name / file).read_text(), re.MULTILINE).group(1)


def _variable(name):
    return name.upper().replace("-", "_")


def _go_build(lab, name, module, target, package, mod="readonly", tags=""):
    flags = [f"-mod={mod}", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", f"-tags={tags}"]
    command = ["go", "-C", module, "build", *flags, "-o", target / name, package]
    _make(lab, f"build of {name}", command, {"CGO_ENABLED": "0"})


def _make(lab, what, command, env=None):
    """A peer that cannot be made, say because its registry is not reached, is one that is not here."""
    try:
        lab.run(what.replace(" ", "-"), command, MAKE_SECONDS, env)
    except Failed as e:
        raise Skipped(str(e)) from None


def _cached(name, make):
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "millrace-interop"
    made = cache / f"{name}-{_pin(PINS / name)}"
    if not made.exists():
        cache.mkdir(parents=True, exist_ok=True)
        under_way = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=cache))
        try:
            make(under_way)
            _rename(under_way, made)
        finally:
            shutil.rmtree(under_way, ignore_errors=True)
    return made


def _rename(under_way, made):
    try:
        under_way.rename(made)
    except OSError:
        # Another run has made the same meanwhile.
        if not made.exists():
            raise


def _pin(folder):
    digest = hashlib.sha256(f"{sys.version_info[:2]} {os.uname().machine}".encode())
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
