"""Publishes hosts and services through D-Bus: those that standard input lists.

A JSON object with `hosts`, a list of objects with `name` and `address`, and
`services`, a list of objects with `name`, `type`, `subtypes`, `host` (empty for
the daemon's own), `port` and `txt`, a list of strings in base64. Says
`published` when the daemon has announced them, with a JSON list of what is
said of each service that it refused, null for the others. They are withdrawn
when standard input is closed.
"""

import base64
import json
import sys
import time

import dbus

ANY = dbus.Int32(-1)
NO_FLAGS = dbus.UInt32(0)
NO_REVERSE = dbus.UInt32(16)
ESTABLISHED = 2

to_publish = json.loads(sys.stdin.readline())
deadline = time.monotonic() + 60
while True:
    try:
        bus = dbus.SystemBus()
        server = dbus.Interface(
            bus.get_object("org.freedesktop.Avahi", "/"), "org.freedesktop.Avahi.Server"
        )
        server.GetVersionString()
        break
    except dbus.DBusException:
        if time.monotonic() > deadline:
            raise
        time.sleep(0.05)


def new_group():
    path = server.EntryGroupNew()
    return dbus.Interface(
        bus.get_object("org.freedesktop.Avahi", path, introspect=False),
        "org.freedesktop.Avahi.EntryGroup",
    )


groups = []
for host in to_publish["hosts"]:
    group = new_group()
    group.AddAddress(ANY, ANY, NO_REVERSE, host["name"], host["address"])
    group.Commit()
    groups.append(group)

refused = []
for service in to_publish["services"]:
    group = new_group()
    place = (ANY, ANY, NO_FLAGS, service["name"], service["type"], "")
    txt = [dbus.ByteArray(base64.b64decode(text)) for text in service["txt"]]
    txt = dbus.Array(txt, signature="ay")
    try:
        group.AddService(*place, service["host"], dbus.UInt16(service["port"]), txt)
        for subtype in service["subtypes"]:
            group.AddServiceSubtype(*place, subtype)
        group.Commit()
    except dbus.DBusException as error:
        refused.append(error.get_dbus_message())
        group.Free()
        continue
    refused.append(None)
    groups.append(group)

for group in groups:
    while group.GetState() != ESTABLISHED:
        if time.monotonic() > deadline:
            sys.exit("it was not established")
        time.sleep(0.02)
print("published", json.dumps(refused), flush=True)
sys.stdin.read()
