"""What a rendered release must hold beyond the schemas: the promises of docs/deploy.md."""

import copy
import json
import re

import yaml

from chart import NAMESPACE, ROOT, one


def hold(objects, notes, over):
    assert notes.strip(), "no notes"
    names = [(it["kind"], it["metadata"]["name"]) for it in objects]
    assert len(set(names)) == len(names), f"a name stands twice: {names}"
    for thing in objects:
        meta = thing["metadata"]
        assert meta["namespace"] == NAMESPACE, f"{meta['name']} is in no namespace"
        assert meta["labels"]["app.kubernetes.io/managed-by"] == "Helm", meta
        assert thing["kind"] != "Secret", "the chart holds no secret"
        closed(thing)
    pods(objects)
    volumes(objects)
    selectors(objects)
    scaling(objects, over)
    monitoring(objects, over)
    network(objects)


# Words of closed sets that Kubernetes' published schemas give as any text.
CLOSED = {
    "unhealthyPodEvictionPolicy": {"IfHealthyBudget", "AlwaysAllow"},
    "podManagementPolicy": {"OrderedReady", "Parallel"},
    "whenUnsatisfiable": {"DoNotSchedule", "ScheduleAnyway"},
    "imagePullPolicy": {"Always", "IfNotPresent", "Never"},
    "restartPolicy": {"Always", "OnFailure", "Never"},
    "protocol": {"TCP", "UDP", "SCTP"},
    "fieldPath": {"metadata.name", "metadata.namespace"},
}


def closed(thing):
    if isinstance(thing, dict):
        for key, value in thing.items():
            assert key not in CLOSED or value in CLOSED[key], f"{key}: {value}"
            closed(value)
    elif isinstance(thing, list):
        for value in thing:
            closed(value)


def pods(objects):
    """The restricted Pod Security Standard, probes, time to drain, pinned images."""
    stateful = one(objects, "StatefulSet")["spec"]["template"]["spec"]
    for spec in [stateful] + [it["spec"] for it in objects if it["kind"] == "Pod"]:
        secure = spec["securityContext"]
        assert secure["runAsNonRoot"] and secure["runAsUser"] > 0, secure
        assert secure["seccompProfile"] == {"type": "RuntimeDefault"}, secure
        assert spec["automountServiceAccountToken"] is False
        for container in spec["containers"]:
            own = container["securityContext"]
            assert own == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }, own
            image = container["image"]
            assert re.search(r"(:[^:/@]+|@sha256:[0-9a-f]{64})$", image) and not image.endswith(":latest"), image
    # It drains within 5 s; twice that is the least.
    assert stateful["terminationGracePeriodSeconds"] >= 10
    container = stateful["containers"][0]
    ports = {it["name"] for it in container["ports"]}
    for probe, path in [("startupProbe", "/live"), ("livenessProbe", "/live"), ("readinessProbe", "/ready")]:
        assert container[probe]["httpGet"]["path"] == path and container[probe]["httpGet"]["port"] in ports, probe
    listens = yaml.safe_load(pipeline(objects))["admin"]
    assert listens.endswith(f":{container['ports'][0]['containerPort']}") and not listens.startswith("127."), listens


def pipeline(objects):
    container = one(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]
    assert container["args"] == ["run", "/etc/undercurrent/pipeline/pipeline.yaml"], container["args"]
    found = [it for it in objects if it["kind"] == "ConfigMap" and "pipeline.yaml" in it["data"]]
    assert len(found) == 1
    return found[0]["data"]["pipeline.yaml"]


def volumes(objects):
    """Every mount has its volume, every ConfigMap is made or named by the values, and nothing is mounted so that it
    would not follow a change."""
    spec = one(objects, "StatefulSet")["spec"]["template"]["spec"]
    mounts = {it["name"]: it for it in spec["containers"][0]["volumeMounts"]}
    by_name = {it["name"]: it for it in spec["volumes"]}
    assert mounts.keys() == by_name.keys(), f"{mounts.keys()} and {by_name.keys()}"
    made = {it["metadata"]["name"] for it in objects if it["kind"] == "ConfigMap"}
    read = yaml.safe_load(pipeline(objects))
    for name, mount in mounts.items():
        assert "subPath" not in mount and "subPathExpr" not in mount, f"{name} would never change"
        assert name == "tmp" or mount["readOnly"], f"{name} can be written"
        config = by_name[name].get("configMap")
        assert not config or config["name"] in made or name.startswith("packs-"), f"{config} is made by nobody"
        if name.startswith("packs"):
            assert mount["mountPath"] in read["packs"], f"{name} is mounted and not read"
    paths = {it["mountPath"] for it in mounts.values()}
    assert all(pack == "shipped" or pack in paths for pack in read["packs"]), read["packs"]


def selectors(objects):
    """What selects pods selects these."""
    stateful = one(objects, "StatefulSet")["spec"]
    labels = stateful["template"]["metadata"]["labels"]

    def selected(selector, who):
        wanted = selector.get("matchLabels", selector)
        assert wanted and wanted.items() <= labels.items(), f"{who}: {wanted} does not select {labels}"

    selected(stateful["selector"], "StatefulSet")
    service = one(objects, "Service")
    assert stateful["serviceName"] == service["metadata"]["name"]
    for spread in stateful["template"]["spec"].get("topologySpreadConstraints", []):
        selected(spread["labelSelector"], "spread")
    for thing in objects:
        kind, spec = thing["kind"], thing.get("spec", {})
        if kind == "Service":
            selected(spec["selector"], kind)
        elif kind in ("PodDisruptionBudget", "PodMonitor"):
            selected(spec["selector"], kind)
        elif kind == "NetworkPolicy":
            selected(spec["podSelector"], kind)
        elif kind == "ServiceMonitor":
            wanted = spec["selector"]["matchLabels"].items()
            assert wanted <= service["metadata"]["labels"].items(), "the monitor does not select the Service"
        if kind in ("ScaledObject", "HorizontalPodAutoscaler"):
            target = spec["scaleTargetRef"]
            assert (target["kind"], target["name"]) == ("StatefulSet", one(objects, "StatefulSet")["metadata"]["name"])


def scaling(objects, over):
    """Where something else counts pods, the StatefulSet does not: each upgrade would set the number back."""
    scalers = [it for it in objects if it["kind"] in ("ScaledObject", "HorizontalPodAutoscaler")]
    assert bool(scalers) != ("replicas" in one(objects, "StatefulSet")["spec"])
    for scaler in scalers:
        if scaler["kind"] == "ScaledObject":
            read = yaml.safe_load(pipeline(objects))
            found = [trigger["metadata"] for trigger in scaler["spec"]["triggers"]]
            assert [it["topic"] for it in found] == [it["topic"] for it in read["inputs"]]
            for it in found:
                assert it["consumerGroup"] == f"{read['kafka']['group']}.score", it
                assert it["lagThreshold"] == str(over["keda"]["lagThreshold"]), it


def monitoring(objects, over):
    """Rules and dashboards are the repository's own."""
    wanted = over.get("monitoring", {})
    on = {key: wanted.get(key, {}).get("enabled", False) for key in ("rules", "dashboards")}
    sources = {path.stem: path for path in (ROOT / "deploy/prometheus/rules").glob("*.yaml")}
    found = {it["metadata"]["name"]: it for it in objects if it["kind"] == "PrometheusRule"}
    assert len(found) == (len(sources) if on["rules"] else 0), f"{list(found)} of {list(sources)}"
    for name, thing in found.items():
        source = next(path for stem, path in sources.items() if name.endswith(f"-{stem.removeprefix('undercurrent.')}"))
        base = wanted["rules"].get("runbooks", "")
        expected = source.read_text().replace("runbook_url: docs/", f"runbook_url: {base}docs/")
        assert thing["spec"] == yaml.safe_load(expected), f"{name} is not {source}"
        links = [it["annotations"]["runbook_url"] for group in thing["spec"]["groups"] for it in group["rules"]
                 if "alert" in it]
        assert all(link.startswith(f"{base}docs/") for link in links), links
        assert wanted["rules"]["labels"].items() <= thing["metadata"]["labels"].items()
    sources = {path.name: path for path in (ROOT / "deploy/grafana").glob("*.json")}
    found = {key: text for it in objects if it["metadata"]["labels"].get("grafana_dashboard") == "1"
             for key, text in it["data"].items()}
    assert found.keys() == (sources.keys() if on["dashboards"] else set()), f"{list(found)} of {list(sources)}"
    for name, text in found.items():
        assert json.loads(text) == json.loads(sources[name].read_text()), name
    for thing in objects:
        size = sum(len(text.encode()) for text in thing.get("data", {}).values())
        assert size < 1024 * 1024, f"{thing['metadata']['name']} is too large for a ConfigMap"
    endpoints = [end for it in objects if it["kind"] in ("PodMonitor", "ServiceMonitor")
                 for end in it["spec"].get("podMetricsEndpoints", it["spec"].get("endpoints"))]
    port = one(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["ports"][0]["name"]
    assert all((end["port"], end["path"]) == (port, "/metrics") for end in endpoints), endpoints


def network(objects):
    """Whoever may come in comes to the admin port only."""
    for policy in (it["spec"] for it in objects if it["kind"] == "NetworkPolicy"):
        assert policy["policyTypes"] == ["Ingress", "Egress"], policy
        for rule in policy["ingress"]:
            assert [it["port"] for it in rule["ports"]] == ["admin"], rule
            # An empty list of peers would mean everybody.
            assert rule["from"], rule


def restarts(render, over):
    """A changed pipeline restarts the pods; changed packs, rules and dashboards do not."""
    def pods_of(change):
        changed = copy.deepcopy(over)
        change(changed)
        return one(render(changed)[0], "StatefulSet")

    before = pods_of(lambda _: None)
    assert pods_of(lambda it: it["packs"]["files"].update({"own.yaml": "pack: other\n"})) == before
    assert pods_of(lambda it: it["packs"]["files"].update({"second.yaml": "pack: second\n"})) == before
    assert pods_of(lambda it: it["monitoring"]["dashboards"].update(enabled=False)) == before
    assert pods_of(lambda it: it["pipeline"].update(workers=8)) != before


def long_names(render, validate):
    """The longest name that Helm gives a release; pods and Services bear it."""
    objects, _ = render({}, name="r" * 53)
    for thing in objects:
        validate(thing)
        assert len(thing["metadata"]["name"]) <= 63, thing["metadata"]["name"]
    stateful = one(objects, "StatefulSet")["metadata"]["name"]
    # The label controller-revision-hash is the name, a dash and ten letters; a pod's name an ordinal more.
    assert len(f"{stateful}-0123456789") <= 63, stateful


def comments(text):
    """Every value is explained: above it, above the values that it stands with, or at the beginning of its group."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"[a-zA-Z]+:", line):
            above = number - 1
            while above >= 0 and lines[above] and not lines[above].startswith("#"):
                above -= 1
            inside = any(it.startswith("  #") for it in lines[number + 1:number + 4])
            assert lines[above].startswith("# ") or inside, f"values.yaml:{number + 1}: no word on `{line}`"
