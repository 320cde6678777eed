"""nginx before three gateways: drained one after another and one killed, under load; nothing acknowledged is lost."""

from string import Template

from lab import backends, peers
from lab.fleet import Fleet
from lab.processes import free_ports, is_listening

SECONDS = 60


def run(lab):
    program = peers.installed(lab, "nginx", "apt-get install nginx")
    fleet = Fleet(lab)
    grpc, http = free_ports(2)
    data = backends.data(lab, "nginx")
    values = {f"{name}_{kind}": port for name, ports in fleet.ports.items() for kind, port in ports.items()}
    config = lab.folder / "nginx.conf"
    template = Template((peers.PINS / "nginx" / "nginx.conf").read_text())
    config.write_text(template.substitute(values, data=data, grpc=grpc, http=http))
    nginx = lab.start("nginx", [program, "-c", config])
    for port in (grpc, http):
        nginx.await_(f"port {port}", lambda: is_listening(port), SECONDS)

    def summary():
        passed_over = nginx.stderr().count("while connecting to upstream")
        return f"nginx passed over a gateway that was not there {passed_over} times"

    # It finds out by trying.
    fleet.run(grpc, http, lambda name: None, summary)
