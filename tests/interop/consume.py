"""Reads a topic to its end with confluent-kafka, as a Python service would: a JSON object a line."""

import json
import sys

from confluent_kafka import Consumer, KafkaError, KafkaException

brokers, topic, isolation = sys.argv[1:]
consumer = Consumer({
    "bootstrap.servers": brokers,
    "group.id": f"{topic}-python-{isolation}",
    "auto.offset.reset": "earliest",
    "isolation.level": isolation,
    "enable.auto.commit": False,
    "enable.partition.eof": True,
})
consumer.subscribe([topic])
while True:
    message = consumer.poll(60)
    if message is None:
        sys.exit("nothing came for a minute")
    if message.error():
        # The topics of the test have one partition.
        if message.error().code() == KafkaError._PARTITION_EOF:
            break
        raise KafkaException(message.error())
    print(json.dumps({
        "key": message.key().decode(),
        "payload": message.value().decode(),
        "headers": [part if isinstance(part, str) else part.decode() for pair in message.headers() or [] for part in pair],
    }))
consumer.close()
