"""The chart as Helm sees it: value sets, and what they render to."""

import logging
import re
from pathlib import Path

import helm_python as helm
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/undercurrent"
VALUES = ROOT / "tests/deploy/values"
NAMESPACE = "osint"


class Strict(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error: Kubernetes takes one of them, and does not say which."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def values(path):
    return yaml.load(path.read_text(), Strict) or {}


def sets():
    """Every value set by name: the files of values/, and the examples of the guide."""
    named = {path.stem: values(path) for path in sorted(VALUES.glob("*.yaml"))}
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/deploy.md").read_text(), re.S | re.M)
    assert blocks, "the guide has no example"
    return named | {f"docs/deploy.md, example {at}": yaml.load(text, Strict) for at, text in enumerate(blocks, 1)}


def deep(below, above):
    """Values laid over values, as Helm does."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: deep(below[key], value) if key in below else value for key, value in above.items()}}


def quietly(function, *arguments, **named):
    """Helm's own log lines would drown the findings."""
    logging.disable(logging.CRITICAL)
    try:
        return function(*arguments, **named)
    finally:
        logging.disable(logging.NOTSET)


def render(over, name="uc", chart=CHART):
    """Every object of a release, and what Helm tells the person."""
    with helm.Chart.load(str(chart)) as loaded:
        loaded.validate_schema(over)
        files = quietly(loaded.render, over, name=name, namespace=NAMESPACE)
    objects, notes = [], ""
    for path, text in sorted(files.items()):
        if path.endswith("NOTES.txt"):
            notes = text
        elif not Path(path).name.startswith("_"):
            objects += [found for found in yaml.load_all(text, Strict) if found]
    return objects, notes


def one(objects, kind, name=None):
    """The only object of its kind (and name)."""
    found = [it for it in objects if it["kind"] == kind and name in (None, it["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} of {kind} {name or ''}"
    return found[0]
