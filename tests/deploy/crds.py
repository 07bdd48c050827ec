"""The shapes of what the chart makes for the Prometheus Operator and for KEDA: the fields that it uses and no others, as
monitoring.coreos.com/v1 and keda.sh/v1alpha1 document them. A cluster drops a field that it does not know without a word."""


def shape(required, **fields):
    return {"type": "object", "additionalProperties": False, "required": required, "properties": fields}


def listed(items):
    return {"type": "array", "minItems": 1, "items": items}


TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 0}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
TIME = {"type": "string", "pattern": "^(0|([0-9]+(ms|s|m|h|d|w|y))+)$"}
SELECTOR = shape(["matchLabels"], matchLabels={**TEXTS, "minProperties": 1})
ENDPOINT = shape(["port", "path"], port=TEXT, path=TEXT, interval=TIME, scrapeTimeout=TIME)

RULE = {
    **shape(["expr"], record=TEXT, alert=TEXT, expr={"type": ["string", "integer"]}, labels=TEXTS, annotations=TEXTS,
            **{"for": TIME, "keep_firing_for": TIME}),
    "oneOf": [{"required": ["record"], "not": {"required": ["for"]}}, {"required": ["alert"]}],
}
GROUP = shape(["name", "rules"], name=TEXT, interval=TIME, limit=NUMBER, query_offset=TIME, labels=TEXTS,
              rules=listed(RULE))
TRIGGER = shape(
    ["type", "metadata"],
    type={"const": "kafka"},
    metadata={**TEXTS, "required": ["bootstrapServers", "consumerGroup", "topic", "lagThreshold"]},
    authenticationRef=shape(["name"], name=TEXT, kind=TEXT),
)

SPECS = {
    ("monitoring.coreos.com/v1", "PodMonitor"): shape(
        ["selector", "podMetricsEndpoints"], jobLabel=TEXT, selector=SELECTOR, podMetricsEndpoints=listed(ENDPOINT)),
    ("monitoring.coreos.com/v1", "ServiceMonitor"): shape(
        ["selector", "endpoints"], jobLabel=TEXT, selector=SELECTOR, endpoints=listed(ENDPOINT)),
    ("monitoring.coreos.com/v1", "PrometheusRule"): shape(["groups"], groups=listed(GROUP)),
    ("keda.sh/v1alpha1", "ScaledObject"): shape(
        ["scaleTargetRef", "triggers"],
        scaleTargetRef=shape(["name", "kind", "apiVersion"], name=TEXT, kind=TEXT, apiVersion=TEXT),
        minReplicaCount=NUMBER, maxReplicaCount=NUMBER, pollingInterval=NUMBER, cooldownPeriod=NUMBER,
        advanced=shape([], horizontalPodAutoscalerConfig=shape([], behavior=shape(
            [], scaleDown=shape([], stabilizationWindowSeconds=NUMBER)))),
        triggers=listed(TRIGGER)),
}


def schema(api, kind):
    """The schema of a whole object, or None for a kind that the chart has no business with."""
    spec = SPECS.get((api, kind))
    if spec is None:
        return None
    meta = shape(["name", "namespace", "labels"], name=TEXT, namespace=TEXT, labels=TEXTS, annotations=TEXTS)
    return shape(["spec"], apiVersion=TEXT, kind=TEXT, metadata=meta, spec=spec)
