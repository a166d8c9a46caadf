"""What a camera says on stdout: a JSON object a line. Several threads speak."""
import json
import threading
import time

stdout_lock = threading.Lock()


def report(event, **fields):
    with stdout_lock:
        print(json.dumps({'event': event, 'wallMs': int(time.time() * 1000), **fields}), flush=True)
