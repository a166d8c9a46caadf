#!/usr/bin/env bash
# Payloads as shell scripts write them: printf, date, jq, here documents, awk, the nats command. Run by make.mjs, which sets NATS_URL (a server
# whose messages it captures) and NATS_CLI. Prints a case a line: client, name, camera, expectation (JSON), body in base64; between tabs.
set -u
export TZ=America/Sao_Paulo LC_ALL=C
base=1736949600 # 2025-01-15T14:00:00Z
n=0
next() {
  n=$((n + 1)) s=$((base + 10 * n)) camera=cam_$((1 + n % 12))
  t=$s.123456789
}
emit() { # client name expectation; the body on stdin
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$camera" "$3" "$(base64 -w0)"
}
on() { date -d "@$t" "$@"; }
at() { echo "{\"at\":$s$1${2:+,$2}}"; }

next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$(on +%s)" | emit shell 'date +%s' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on +%s)" | emit shell 'date +%s between quotes' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$(on +%s.%N)" | emit shell 'date +%s.%N' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$(on +%s%3N)" | emit shell 'date +%s%3N' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$(on +%s%6N)" | emit shell 'date +%s%6N' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$(on +%s%N)" | emit shell 'date +%s%N' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on -Is)" | emit shell 'date -Is' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on -Ins)" | emit shell 'date -Ins, which has a comma' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on -u -Ins)" | emit shell 'date -u -Ins' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on --rfc-3339=ns)" | emit shell 'date --rfc-3339=ns' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on +%FT%TZ -u)" | emit shell 'date -u +%FT%TZ' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on '+%F %T')" | emit shell "date '+%F %T'" "$(at 000 '"assumed":true')"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on +%FT%T)" | emit shell 'date +%FT%T' "$(at 000 '"assumed":true')"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on +%Y%m%dT%H%M%S%z)" | emit shell 'date +%Y%m%dT%H%M%S%z' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on)" | emit shell 'date' '{"refused":"timestamp","says":"wanted an instant"}'
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$(on -R)" | emit shell 'date -R' '{"refused":"timestamp","says":"wanted an instant"}'
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$(on -Is)" | emit shell 'date -Is without quotes' '{"refused":"","says":"wanted JSON"}'
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "" | emit shell 'a variable that is empty' '{"refused":"","says":"wanted JSON"}'
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "" | emit shell 'a variable that is empty, between quotes' '{"at":"now"}'
next; printf '{"camera_id":"%s","timestamp":"%s"}' "$camera" "$s,123" | emit shell 'a decimal comma, as printf writes in pt_BR' "$(at 123)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$s,123" | emit shell 'a decimal comma without quotes' '{"refused":"","says":"wanted JSON"}'
next; printf "{'camera_id':'%s','timestamp':%s}" "$camera" "$s" | emit shell 'single quotes' '{"refused":"","says":"wanted JSON"}'
next; printf '{camera_id:"%s",timestamp:%s}' "$camera" "$s" | emit shell 'names without quotes' '{"refused":"","says":"wanted JSON"}'
next; printf '{"camera_id":"%s","timestamp":%s,}' "$camera" "$s" | emit shell 'a comma too many' '{"refused":"","says":"wanted JSON"}'
next; printf '{"camera_id":"%s","timestamp":%s' "$camera" "$s" | emit shell 'a brace too few' '{"refused":"","says":"wanted JSON"}'
next; echo "{\"camera_id\":\"$camera\",\"timestamp\":$s}" | emit shell 'echo, which ends the line' "$(at 000)"
next; printf '{"camera_id":"%s",\r\n "timestamp":%s}\r\n' "$camera" "$s" | emit shell 'lines that end as in DOS' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":%s,"event_type":"%s"}' "$camera" "$s" "$(printf 'person\ncar')" | emit shell 'a line feed inside text' '{"refused":"","says":"wanted JSON"}'
next; printf '{"camera_id":"%s\n","timestamp":%s}' "$camera" "$s" | sed 's/$/\\n/;$s/\\n$//' | tr -d '\n' | emit shell 'a line feed behind the camera, escaped' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":%s}\0' "$camera" "$s" | emit shell 'a NUL behind it, as from strlen() + 1' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":%s,"score":nan,"low":-nan}' "$camera" "$s" | emit 'shell (C)' "printf of C's NAN" "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$s" | iconv -t UTF-16 | emit 'shell (PowerShell)' 'UTF-16 with a mark, as > writes' "$(at 000)"
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$s" | gzip -n | emit shell 'gzip' '{"refused":"","says":"gzip"}'
next; printf '{"camera_id":"%s","timestamp":%s}' "$camera" "$s" | base64 | emit shell 'base64' '{"refused":"","says":"base64"}'
next; printf 'camera_id=%s&timestamp=%s' "$camera" "$s" | emit shell 'a form' '{"refused":"","says":"a form"}'
next; printf '<event camera="%s" time="%s"/>' "$camera" "$s" | emit shell 'XML' '{"refused":"","says":"XML"}'
next; printf '%s person %s' "$camera" "$s" | emit shell 'words' '{"refused":"","says":"wanted JSON"}'
next; jq -n --arg c "$camera" --argjson t "$s.5" '{camera_id: $c, timestamp: $t}' | emit 'shell (jq)' 'jq -n, which breaks lines' "$(at 500)"
next; jq -nc --arg c "$camera" --arg t "$s" '{camera_id: $c, timestamp: $t, event_type: null, event_id: null}' | emit 'shell (jq)' '--arg, which makes text' "$(at 000)"
next; jq -nc --arg c "$camera" --argjson t "$s" '{camera_id: $c, timestamp: ($t | todate)}' | emit 'shell (jq)' 'todate' "$(at 000)"
next; jq -nc --arg c "$camera" --argjson t "$s" '{camera_id: $c, timestamp: $t, score: nan}' | emit 'shell (jq)' 'nan, which jq writes as null' "$(at 000)"
next; awk -v c="$camera" -v t="$s" 'BEGIN { printf "{\"camera_id\":\"%s\",\"timestamp\":%.3f,\"pre_seconds\":\"%d\"}", c, t, 4 }' | emit 'shell (awk)' 'printf' "$(at 000 '"pre":4')"
next; cat <<JSON | emit shell 'a here document' "$(at 000 '"type":"person","pre":5')"
{
  "camera_id": "$camera",
  "timestamp": $s,
  "event_type": "person",
  "pre_seconds": "5"
}
JSON

# The nats command: what arrives is what make.mjs hears.
pub() { # name expectation arguments
  local name=$1 expectation=$2; shift 2
  printf '%s\t%s\t%s\t%s\tHEARD\n' 'nats CLI' "$name" "$camera" "$expectation"
  "$NATS_CLI" --server "$NATS_URL" pub seguranca.event.person "$@" >/dev/null 2>&1
}
next; pub 'nats pub' "$(at 000)" "{\"camera_id\":\"$camera\",\"timestamp\":$s}"
next; pub 'nats pub without an instant' '{"at":"now"}' "{\"camera_id\":\"$camera\"}"
next; pub 'nats pub with {{ID}}' "$(at 000 '"id":"HEARD"')" "{\"camera_id\":\"$camera\",\"timestamp\":$s,\"event_id\":\"{{ID}}\"}"
next; printf '{"camera_id":"%s","timestamp":%s}\n' "$camera" "$s" | pub 'nats pub --force-stdin' "$(at 000)" --force-stdin
next; printf '{"camera_id":"%s","timestamp":%s}\n' "$camera" "$s" | pub 'nats pub from a pipe, which sends !nil!' '{"refused":"","says":"wanted JSON","nobody":true}'
next; pub 'nats pub with a header' "$(at 000)" -H Source:shell "{\"camera_id\":\"$camera\",\"timestamp\":\"$(on -Is)\"}"
next; pub "nats pub with the shell's single quotes inside" '{"refused":"","says":"wanted JSON"}' "{'camera_id':'$camera'}"
