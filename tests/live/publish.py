"""Publishes a service through D-Bus: the one that standard input describes.

A JSON object with `name`, `type`, `port` and `txt`, a list of strings in
base64. Says `established` when the daemon has announced it, and withdraws it
when standard input is closed.
"""

import base64
import json
import sys
import time

import dbus

UNSPECIFIED = -1
ESTABLISHED = 2

service = json.loads(sys.stdin.readline())
deadline = time.monotonic() + 60
while True:
    try:
        bus = dbus.SystemBus()
        server = dbus.Interface(
            bus.get_object("org.freedesktop.Avahi", "/"), "org.freedesktop.Avahi.Server"
        )
        group = dbus.Interface(
            bus.get_object("org.freedesktop.Avahi", server.EntryGroupNew()),
            "org.freedesktop.Avahi.EntryGroup",
        )
        break
    except dbus.DBusException:
        if time.monotonic() > deadline:
            raise
        time.sleep(0.05)
txt = [dbus.ByteArray(base64.b64decode(text)) for text in service["txt"]]
group.AddService(
    dbus.Int32(UNSPECIFIED),
    dbus.Int32(UNSPECIFIED),
    dbus.UInt32(0),
    service["name"],
    service["type"],
    "",
    "",
    dbus.UInt16(service["port"]),
    dbus.Array(txt, signature="ay"),
)
group.Commit()
while group.GetState() != ESTABLISHED:
    if time.monotonic() > deadline:
        sys.exit("it was not established")
    time.sleep(0.02)
print("established", flush=True)
sys.stdin.read()
