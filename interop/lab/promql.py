"""What a backend with the query API of Prometheus holds, in a form that can be compared."""

import json

from lab import web

EVERYTHING = '{__name__=~".+"}'


class QueryApi:
    """url: up to and without /api/v1."""

    def __init__(self, url, headers=None):
        self.url = url
        self.headers = headers or {}

    def _get(self, path, **parameters):
        return web.get_json(f"{self.url}/api/v1/{path}", parameters, self.headers)["data"]

    def samples(self, selector, base, seconds):
        """By series: {"time": value} from base on, times in milliseconds after it."""
        found = self._get("query", query=f"{selector}[{seconds}s]", time=base // 1000 + seconds)["result"]
        return {_labels(one["metric"]): _samples(one, base) for one in found}

    def alive(self, selector, base, seconds):
        """The series that an instant query finds then: those with a stale marker it does not."""
        found = self._get("query", query=selector, time=base // 1000 + seconds)["result"]
        return sorted(_labels(one["metric"]) for one in found)

    def exemplars(self, base, seconds):
        found = self._get("query_exemplars", query=EVERYTHING, start=base // 1000, end=base // 1000 + seconds)
        return {
            _labels(one["seriesLabels"]): sorted(
                (round(each["timestamp"] * 1000) - base, float(each["value"]), _labels(each["labels"]))
                for each in one["exemplars"]
            )
            for one in found
        }


def is_native(samples):
    return any(isinstance(value, dict) for value in samples.values())


def _labels(labels):
    return json.dumps(labels, sort_keys=True, ensure_ascii=False)


def _samples(one, base):
    values = {_after(time, base): float(value) for time, value in one.get("values", [])}
    return values | {_after(time, base): _histogram(value) for time, value in one.get("histograms", [])}


def _after(seconds, base):
    return round(seconds * 1000) - base


def _histogram(histogram):
    buckets = [[float(each) for each in bucket] for bucket in histogram.get("buckets", [])]
    return {"count": float(histogram["count"]), "sum": float(histogram["sum"]), "buckets": buckets}
