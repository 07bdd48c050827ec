"""A rendered pod laid out in a folder, as a kubelet would mount it: what its command then finds there."""

import os
import re
from pathlib import Path

from chart import NAMESPACE, ROOT, one

# What a secret holds where a test needs a word; brokers are given by whoever runs the pod.
SECRET = "from-a-secret"


def mount(folder, files):
    """As a ConfigMap is mounted: a dated folder, `..data` that points to it, and links that point through `..data`.
    Called again, it swaps as a kubelet does, with one rename."""
    folder.mkdir(parents=True, exist_ok=True)
    dated = folder / f"..{len(list(folder.glob('..2*'))) + 2000}"
    dated.mkdir()
    for name, text in files.items():
        (dated / name).write_text(text)
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(f"..data/{name}")
    new = folder / "..data_tmp"
    new.symlink_to(dated.name)
    os.replace(new, folder / "..data")


def given(name):
    """ConfigMaps that a value set only names: the repository's own packs and languages."""
    kind = "languages" if "languages" in name else "packs"
    return {path.name: path.read_text() for path in sorted((ROOT / "pipelines" / kind).glob("*.yaml"))}


def files_of(volume, objects):
    if "configMap" in volume:
        name = volume["configMap"]["name"]
        rendered = [it for it in objects if it["kind"] == "ConfigMap" and it["metadata"]["name"] == name]
        return rendered[0]["data"] if rendered else given(name)
    if "secret" in volume:
        # Any key may be asked for.
        return {key: SECRET for key in ("username", "password", "ca.crt")}
    return {}


def lay_out(objects, root):
    """Mounts everything below `root`. Gives the container's arguments and environment, with paths as they are there."""
    pod = one(objects, "StatefulSet")["spec"]["template"]["spec"]
    container = pod["containers"][0]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {it["mountPath"]: volumes[it["name"]] for it in container["volumeMounts"]}

    # A path, and not the beginning of another one.
    paths = re.compile(rf"({'|'.join(sorted(map(re.escape, mounts), key=len, reverse=True))})(?![-.\w])")

    def there(text):
        return paths.sub(lambda found: f"{root}{found[0]}", text)

    for path, volume in mounts.items():
        mount(Path(f"{root}{path}"), {name: there(text) for name, text in files_of(volume, objects).items()})
    environment = {}
    for variable in container["env"]:
        source = variable.get("valueFrom", {})
        if "fieldRef" in source:
            field = source["fieldRef"]["fieldPath"]
            environment[variable["name"]] = {"metadata.name": "uc-0", "metadata.namespace": NAMESPACE}[field]
        elif "secretKeyRef" in source:
            environment[variable["name"]] = f"{SECRET}:9092" if variable["name"].endswith("BROKERS") else SECRET
        else:
            environment[variable["name"]] = variable["value"]
    return [there(argument) for argument in container["args"]], environment

