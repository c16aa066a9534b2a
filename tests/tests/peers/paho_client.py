"""paho-mqtt for the tests: commands on stdin, events on stdout, as tests/src/peers/scripted.rs has them."""

import base64
import json
import sys
import threading
from urllib.parse import urlsplit

import paho.mqtt
import paho.mqtt.client as mqtt

# Publishes under way at most.
FLOOD = 200
# The library tells MQTT 5's reason codes; these are the CONNACK's own.
CONNACK = {132: 1, 133: 2, 136: 3, 134: 4, 135: 5}

lock = threading.Lock()
room = threading.Semaphore(FLOOD)
client = None
topics = {}
acknowledged = set()
flooding = False


def say(event, **fields):
    with lock:
        print(json.dumps({"event": event, **fields}), flush=True)


def connect(url, ca, client_id, username, password, keep_alive, clean, again_ms, **_):
    global client
    parts = urlsplit(url)
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=clean,
        protocol=mqtt.MQTTv311,
        transport="websockets" if parts.scheme in ("ws", "wss") else "tcp",
        reconnect_on_failure=again_ms > 0,
    )
    client.username_pw_set(username, password)
    if parts.scheme in ("mqtts", "wss"):
        client.tls_set(ca_certs=ca)
    if parts.scheme in ("ws", "wss"):
        client.ws_set_options(path="/")
    client.reconnect_delay_set(1, 2)
    client.max_queued_messages_set(0)
    client.on_connect = on_connect
    client.on_disconnect = lambda *_: say("closed")
    client.on_message = on_message
    client.on_subscribe = lambda _c, _u, _m, codes, _p: say("subscribed", granted=codes[0].value)
    client.on_publish = on_publish
    client.connect(parts.hostname, parts.port, keep_alive)
    client.loop_start()


def on_connect(_client, _userdata, flags, reason, _properties):
    if reason.value == 0:
        say("connected", session_present=flags.session_present)
    else:
        say("refused", code=CONNACK[reason.value])


def on_message(_client, _userdata, message):
    say(
        "message",
        topic=message.topic,
        qos=message.qos,
        retain=message.retain,
        dup=message.dup,
        payload=base64.b64encode(message.payload).decode(),
    )


def on_publish(_client, _userdata, mid, _reason, _properties):
    # It can come before the call that publishes has told the identifier.
    with lock:
        topic = topics.pop(mid, None)
        if topic is None:
            acknowledged.add(mid)
    if topic is not None:
        done(topic)


def done(topic):
    say("published", topic=topic)
    if flooding:
        room.release()


def send(topic, payload, qos, retain=False):
    mid = client.publish(topic, payload, qos, retain).mid
    with lock:
        early = mid in acknowledged
        acknowledged.discard(mid)
        if not early:
            topics[mid] = topic
    if early:
        done(topic)


def publish(topic, payload, qos, retain, **_):
    send(topic, base64.b64decode(payload), qos, retain)


def flood(prefix, count, **_):
    global flooding
    flooding = True
    for number in range(count):
        room.acquire()
        send(f"{prefix}/{number}", f"{prefix}/{number}", 1)


def end(**_):
    client.disconnect()
    client.loop_stop()
    sys.exit()


say("ready", version=f"paho-mqtt {paho.mqtt.__version__} on Python {sys.version.split()[0]}")
commands = {
    "connect": connect,
    "subscribe": lambda filter, qos, **_: client.subscribe(filter, qos),
    "publish": publish,
    "flood": flood,
    "end": end,
}
for line in sys.stdin:
    command = json.loads(line)
    commands[command["do"]](**command)
