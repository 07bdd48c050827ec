#!/usr/bin/env python3
"""Everything that can be known of the chart without a cluster.

    helm.py check PROGRAM          lints and packs it; renders every value set of values/ and of the guide from it, validates
                                   each object against Kubernetes' schemas, holds the rules below, and lets PROGRAM check
                                   the pipeline file as the pod would find it; every set of values/refused must be refused
    helm.py pod SET FOLDER [YAML]  lays the pod of a value set out in FOLDER and prints its arguments and environment as
                                   JSON; YAML is laid over the set

Runs in the environment that tools.sh makes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import helm_python as helm
import jsonschema
import kubernetes_validate
import yaml

import crds
import rules
from chart import CHART, VALUES, deep, one, quietly, render, sets, values
from pod import lay_out

# The oldest Kubernetes that the chart admits, and the newest that the schemas know.
KUBERNETES = ["1.27", kubernetes_validate.latest_version()]


def validate(thing):
    """An object against the schemas of its kind, unknown fields refused."""
    schema = crds.schema(thing["apiVersion"], thing["kind"])
    if schema:
        jsonschema.validate(thing, schema)
        return
    for version in KUBERNETES:
        kubernetes_validate.validate(thing, version, strict=True)


def promtool(objects):
    """Rules as Prometheus itself takes them, where promtool is."""
    found = [it for it in objects if it["kind"] == "PrometheusRule"]
    if not shutil.which("promtool"):
        return
    for thing in found:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(thing["spec"], file)
            file.flush()
            ran = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def program_checks(objects, program):
    """The program's own word on the pipeline file, with packs, secrets and environment as in the pod."""
    with tempfile.TemporaryDirectory() as root:
        arguments, environment = lay_out(objects, root)
        assert arguments[0] == "run", arguments
        ran = subprocess.run([program, "check", *arguments[1:]], env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        packs = yaml.safe_load(Path(arguments[1]).read_text())["packs"]
        ran = subprocess.run([program, "check", *packs], env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def check(program):
    linted = quietly(helm.lint, str(CHART), strict=True)
    faults = [it for it in linted["messages"] if it["severity"] > 1]
    assert not faults and not linted["errors"], linted
    with tempfile.TemporaryDirectory() as folder:
        # What people install is the packed chart: what .helmignore leaves out is not there.
        packed = quietly(helm.package, str(CHART), destination=folder)
        packed = packed if isinstance(packed, str) else next(str(path) for path in Path(folder).glob("*.tgz"))
        for name, over in sets().items():
            try:
                objects, notes = render(over, chart=packed)
                for thing in objects:
                    validate(thing)
                rules.hold(objects, notes, over)
                promtool(objects)
                program_checks(objects, program)
            except Exception as fault:
                # A fault of a schema prints the whole object; its message and place are what is wanted.
                said = f"{list(fault.absolute_path)}: {fault.message}" if hasattr(fault, "absolute_path") else fault
                raise SystemExit(f"{name}: {type(fault).__name__}: {said}") from fault
            kinds = ", ".join(sorted(it["kind"] for it in objects))
            print(f"{name}: {len(objects)} objects ({kinds})")
    rules.restarts(render, values(VALUES / "production.yaml"))
    rules.long_names(render, validate)
    rules.comments((CHART / "values.yaml").read_text())
    refused = sorted((VALUES / "refused").glob("*.yaml"))
    for path in refused:
        refuse(path)
    print(f"{len(refused)} value sets refused, as they must be; Kubernetes {' and '.join(KUBERNETES)}")


def refuse(path):
    """Its first line says with which words."""
    words = path.read_text().splitlines()[0].removeprefix("# refused: ")
    try:
        render(values(path))
    except helm.HelmError as fault:
        assert words in str(fault), f"{path.name}: refused, but with these words: {fault}"
    else:
        raise SystemExit(f"{path.name}: rendered, and must be refused ({words})")


def pod(name, folder, over="{}"):
    objects, _ = render(deep(values(VALUES / f"{name}.yaml"), yaml.safe_load(over)))
    arguments, environment = lay_out(objects, os.path.abspath(folder))
    spec = one(objects, "StatefulSet")["spec"]["template"]["spec"]
    grace = spec["terminationGracePeriodSeconds"]
    probe = spec["containers"][0]["readinessProbe"]["httpGet"]["path"]
    print(json.dumps({"arguments": arguments, "environment": environment, "grace": grace, "ready": probe}))


if __name__ == "__main__":
    {"check": check, "pod": pod}[sys.argv[1]](*sys.argv[2:])
