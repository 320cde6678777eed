"""OTLP/JSON files, as a pipeline without backends writes them, read with nothing of Millrace."""

import json
from dataclasses import dataclass

_KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")


@dataclass
class Item:
    """A span, log record or data point, with where it stands.

    resource: its attributes. scope: name and version. data: the item as OTLP/JSON has it.
    metric: name, description and unit, and the kind with all but its points; of data points only.
    """

    resource: dict
    scope: dict
    data: dict
    metric: dict

    @property
    def service(self):
        return self.resource.get("service.name")

    @property
    def attributes(self):
        return attributes(self.data)

    @property
    def identity(self):
        """The same for two copies of one item, and for no others."""
        return json.dumps([self.resource, self.scope, self.data, self.metric], sort_keys=True)


def attributes(holder):
    return {pair["key"]: value(pair.get("value", {})) for pair in holder.get("attributes", [])}


def value(any_value):
    """An AnyValue as Python has it."""
    for kind, content in any_value.items():
        if kind == "intValue":
            return int(content)
        if kind == "arrayValue":
            return [value(each) for each in content.get("values", [])]
        if kind == "kvlistValue":
            return {pair["key"]: value(pair["value"]) for pair in content.get("values", [])}
        return content
    return None


def read(folder, signal):
    """Every item below a folder of output, in the order of the files."""
    return [item for file in sorted(folder.rglob("*.jsonl")) for item in read_file(file, signal)]


def read_file(file, signal):
    return [item for line in _complete_lines(file) for item in items(json.loads(line), signal)]


def _complete_lines(file):
    """The last line may still be written."""
    return file.read_text().split("\n")[:-1]


def items(request, signal):
    name = signal.capitalize()
    if signal == "traces":
        name = "Spans"
    for resource in request.get("resource" + name, []):
        of = attributes(resource.get("resource", {}))
        for scope in resource.get("scope" + name, []):
            within = scope.get("scope", {})
            for span in scope.get("spans", []):
                yield Item(of, within, span, {})
            for record in scope.get("logRecords", []):
                yield Item(of, within, record, {})
            for metric in scope.get("metrics", []):
                yield from (Item(of, within, point, about) for point, about in _points(metric))


def _points(metric):
    for kind in _KINDS:
        if kind in metric:
            about = {**metric, kind: {key: field for key, field in metric[kind].items() if key != "dataPoints"}}
            for point in metric[kind].get("dataPoints", []):
                yield point, about
