#!/usr/bin/env bash
# Makes a small fleet's captures, converts them, and compares what engines find
# in the Parquet with JSON Lines and reports. Needs Python and Java 17.
#
#     examples/fleet/check.sh
#     EVENTS=2000000 HOSTS=20 PROGRAM=target/release/avahi-events examples/fleet/check.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
hosts=${HOSTS:-4} events=${EVENTS:-20000} services=${SERVICES:-300}
made=${CARGO_TARGET_DIR:-target}
fleet=${FLEET:-$made/fleet}

[ -x "$fleet/venv/bin/python" ] || python3 -m venv "$fleet/venv"
python=$fleet/venv/bin/python
"$python" -m pip install --quiet --disable-pip-version-check -r examples/fleet/requirements.txt

if [ -z "${PROGRAM:-}" ]; then
  cargo build --quiet --all-features --bin avahi-events
  PROGRAM=$made/debug/avahi-events
fi
cargo build --quiet --all-features --example generate_session

rm -rf "$fleet/captures" "$fleet/events"
mkdir -p "$fleet/captures"
for host in $(seq "$hosts"); do
  "$made"/debug/examples/generate_session "$events" "$services" "node$host" \
    >"$fleet/captures/node$host.log"
done
# One whose stamps name no host, as `ts` writes them.
sed 's/ node1 [^ ]* / /' "$fleet/captures/node1.log" >"$fleet/captures/unnamed.log"

"$python" examples/fleet/same_as_json.py "$PROGRAM" tests/captures/*.txt "$fleet"/captures/node1.log
"$PROGRAM" convert -o "$fleet/events" "$fleet"/captures/*.log
"$python" examples/fleet/same_as_report.py "$PROGRAM" "$fleet/events" "$fleet"/captures/*.log
