"""The processes of a case. All of them are stopped when it ends; none is waited for without a limit."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from lab import images
from lab.verdict import Failed

STOP_SECONDS = 60
USES = "uses.json"


class Lab:
    """Where a case works: its folder, its processes, and what it has to say beside its verdict."""

    def __init__(self, case, folder):
        self.case = case
        self.folder = Path(folder)
        self._processes = []
        self._uses = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.discard()
        images.remove(self.folder.name)

    def note(self, text):
        print(f"  {self.case}: {text}", flush=True)

    def uses(self, peer, version):
        """For the table of what Millrace works with."""
        self._uses[peer] = version
        (self.folder / USES).write_text(json.dumps(self._uses))

    def start(self, name, command, env=None, cwd=None):
        """Starts a command in the background. It is stopped with the case, if not before."""
        process = Process(name, command, self.folder, env, cwd)
        self._processes.append(process)
        return process

    def run(self, name, command, seconds, env=None):
        """Runs a command to its end, which must be a good one."""
        process = self.start(name, command, env)
        status = process.wait(seconds)
        if status != 0:
            raise Failed(f"{name} ended with status {status}: {process.last_line()}")
        return process


class Process:
    """A process and its output, NAME.out.log and NAME.err.log in the folder of the case."""

    def __init__(self, name, command, folder, env=None, cwd=None):
        self.name = name
        self._out = _unused(folder, name, "out")
        self._err = _unused(folder, name, "err")
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            self._popen = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=cwd or folder,
                env={**os.environ, **(env or {})},
            )

    def stdout(self):
        return self._out.read_text(errors="replace")

    def stderr(self):
        return self._err.read_text(errors="replace")

    def last_line(self):
        lines = (self.stderr() or self.stdout()).strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def lives(self):
        return self._popen.poll() is None

    def await_(self, what, probe, seconds):
        """Waits until the probe gives something true, and gives it; the process has to live as long."""

        def probe_alive():
            if not self.lives():
                raise Failed(f"{self.name} ended with status {self._popen.returncode}: {self.last_line()}")
            return probe()

        return await_(f"{self.name}: {what}", probe_alive, seconds)

    def signal(self, number):
        self._popen.send_signal(number)

    def wait(self, seconds):
        """The exit status."""
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name}: still runs after {seconds} s") from None

    def stop(self, seconds=STOP_SECONDS):
        """Asks it to stop, and gives the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait(STOP_SECONDS)

    def discard(self):
        """Stops it whatever state it is in; frozen ones are thawed, stubborn ones killed."""
        if not self.lives():
            return
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        try:
            self._popen.wait(STOP_SECONDS / 2)
        except subprocess.TimeoutExpired:
            self.kill()


def _unused(folder, name, kind):
    """A process that is started again has its output in another file."""
    again = len(list(folder.glob(f"{name}*.{kind}.log")))
    return folder / f"{name}{'-' + str(again) if again else ''}.{kind}.log"


def await_(what, probe, seconds):
    """Waits until the probe gives something true, and gives it."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.2)


def free_ports(count):
    """Ports of the loopback interface that nobody listens on now, for those that cannot be told 0."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def is_listening(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
