"""The table of README.md that says what Millrace was last run against."""

import time

from lab import case

BEGIN = "<!-- interop/run --table writes from here"
END = "<!-- to here -->"


def write(readme, results):
    """results: of a run of all cases, name, verdict and peers."""
    text = readme.read_text()
    head, rest = text.split(BEGIN, 1)
    marker, tail = rest.split("\n", 1)
    readme.write_text(head + BEGIN + marker + "\n" + of(results) + END + tail.split(END, 1)[1])


def of(results):
    lines = [f"Last run in full on {time.strftime('%Y-%m-%d')}.", "", "| with | version | what holds |", "|---|---|---|"]
    for name, verdict, peers in results:
        title, _, holds = case.summary(name).partition(": ")
        versions = ", ".join(f"{peer} {version}" for peer, version in peers.items())
        if verdict != case.PASSED:
            versions = "not run here"
        lines.append(f"| {title} | {versions} | {holds} |")
    return "\n".join(lines) + "\n"
