"""Payloads as MQTT clients publish them: paho, and what Home Assistant's templates, zigbee2mqtt and Frigate make. Published for real to the MQTT
port of a nats-server; make.mjs hears them on the NATS side. Prints a case a line, without its body, in the order of publishing."""
import datetime as dt
import json
import sys

import paho.mqtt.client as mqtt

BASE = 1736956800.25  # 2025-01-15T16:00:00.25Z
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="detector")
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
count = 0


def event(name, body, qos=0, program="MQTT (paho)", **expect):
    global count
    count += 1
    camera, seconds = f"cam_{1 + count % 12}", BASE + 10 * count
    when = dt.datetime.fromtimestamp(seconds, dt.timezone.utc)
    said = body(camera, seconds, when)
    client.publish("seguranca/event/person", said, qos=qos).wait_for_publish()
    line = {"client": program, "name": name, "camera": camera}
    if "refused" not in expect:
        line["at"] = round(seconds * 1000)
    print(json.dumps({**line, **expect}), flush=True)


HA = "MQTT (Home Assistant)"
event("JSON", lambda c, s, w: json.dumps({"camera_id": c, "timestamp": s}))
event("JSON with QoS 1", lambda c, s, w: json.dumps({"camera_id": c, "timestamp": s}), qos=1)
event("JSON with None", lambda c, s, w: json.dumps({"camera_id": c, "timestamp": s, "event_id": None, "event_type": None}), qos=1)
event("bytes of JSON", lambda c, s, w: json.dumps({"camera_id": c, "timestamp": s}).encode())
event("an int", lambda c, s, w: 1, refused="", says="wanted a JSON object", nobody=True)
event("nothing", lambda c, s, w: None, refused="", says="an empty body", nobody=True)
event("ON, as a switch says", lambda c, s, w: "ON", refused="", says="wanted JSON", nobody=True)
event("the camera alone", lambda c, s, w: c, refused="", says="wanted JSON")
event("{{ now().isoformat() }}", lambda c, s, w: '{"camera_id": "%s", "timestamp": "%s"}' % (c, w.astimezone(dt.timezone(dt.timedelta(hours=-3))).isoformat()), program=HA)
event("{{ as_timestamp(now()) }}", lambda c, s, w: '{"camera_id": "%s", "timestamp": %s}' % (c, s), program=HA)
event("{{ as_timestamp(now()) }} between quotes", lambda c, s, w: '{"camera_id": "%s", "timestamp": "%s"}' % (c, s), program=HA)
event("{{ states.binary_sensor.x.last_changed }}", lambda c, s, w: '{"camera_id": "%s", "timestamp": "%s"}' % (c, w), program=HA)
event("{{ utcnow() }}", lambda c, s, w: '{"camera_id": "%s", "timestamp": "%s"}' % (c, w), program=HA)
event("{{ dict | to_json }}", lambda c, s, w: json.dumps({"camera_id": c, "timestamp": s, "event_type": "person"}, separators=(",", ":")), program=HA, type="person")
event("{{ dict }}, which is Python's str()", lambda c, s, w: str({"camera_id": c, "timestamp": s}), program=HA, refused="", says="json.dumps")
event("a state that is unknown", lambda c, s, w: '{"camera_id": "%s", "timestamp": %s, "pre_seconds": "unknown"}' % (c, s), program=HA, refused="pre_seconds", says='got "unknown"')
event("a state that is None", lambda c, s, w: '{"camera_id": "%s", "timestamp": %s, "event_type": None}' % (c, s), program=HA, refused="", says="wanted JSON")
event("a block text with a line feed behind it", lambda c, s, w: '{\n  "camera_id": "%s",\n  "timestamp": %s\n}\n' % (c, s), program=HA)
event("an occupancy", lambda c, s, w: json.dumps({"battery": 97, "occupancy": True, "last_seen": w.isoformat()}), program="MQTT (zigbee2mqtt)", refused="camera_id", says="got nothing", nobody=True)
event("frigate/events", lambda c, s, w: json.dumps({"before": {"id": "1.5-x", "camera": c, "frame_time": s, "label": "person", "end_time": None}, "after": {"id": "1.5-x", "camera": c}, "type": "new"}), program="MQTT (Frigate)", refused="camera_id", says="before.camera is there")
event("an automation's payload from frigate/events", lambda c, s, w: '{"camera_id":"%s","timestamp":%s,"event_id":"1736956950.25-ab","event_type":"person","end_timestamp":null}' % (c, s), program="MQTT (Frigate)", id="1736956950.25-ab", type="person")
client.loop_stop()
client.disconnect()
