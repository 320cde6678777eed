"""Backends as processes: configured by backends/NAME.*, on free ports, with an empty store in the case's folder."""

from string import Template

from lab import peers, web

CONFIGS = peers.PINS / "backends"
START_SECONDS = 120


class Backend:
    """A backend that runs. ready: the URL that says so."""

    def __init__(self, lab, name, command, ready):
        self.process = lab.start(name, command)
        self.process.await_(ready, lambda: web.is_ready(ready), START_SECONDS)


def data(lab, name):
    """An empty folder."""
    folder = lab.folder / f"data-of-{name}"
    folder.mkdir()
    return folder


def config(lab, file, name, **values):
    """backends/FILE with $KEY replaced by values, for the process of that name."""
    written = lab.folder / f"{name}.{file.rsplit('.', 1)[1]}"
    written.write_text(Template((CONFIGS / file).read_text()).substitute(values))
    return written
