# The JSON Schemas in schema/ say of real events and results what acmehook says.
load lib

# valid SCHEMA FILE: prints the lines that are not
valid() {
    "$python" - "$srcdir/schema/$1.schema.json" "$2" <<'EOF'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
lines = [line for line in open(sys.argv[2]) if line.strip()]
assert lines, "there is nothing to look at"
for number, line in enumerate(lines, 1):
    for error in validator.iter_errors(json.loads(line)):
        print(number, error.message)
EOF
}

setup_file() {
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import jsonschema' 2>/dev/null && break
        python=
    done
    export python
}
need_jsonschema() {
    [ -n "$python" ] || skip "python3-jsonschema is not installed"
}

@test "events: the examples, and all that the JSON mode says" {
    need_jsonschema
    run -0 valid event "$srcdir/examples/events.jsonl"
    [ -z "$output" ]
    for call in "deploy_challenge example.test $token $digest" "deploy_challenge example.test $token $key_auth" \
        "clean_challenge example.test $token $digest" "deploy_cert example.test /k /c /f /ch 17" "unchanged_cert example.test /k /c /f /ch" \
        "sync_cert /k /c /f /ch /csr" "deploy_ocsp example.test /o 17" "invalid_challenge example.test no" \
        "request_failure 500 body get h" "startup_hook" "exit_hook" "exit_hook why"; do
        # shellcheck disable=SC2086
        echo | "$acmehook" --verify off --to json --from dehydrated $call >>said
    done
    [ "$(wc -l <said)" = 12 ]
    run -0 valid event said
    [ -z "$output" ]
}

@test "events: what acmehook refuses for its form the schema refuses, too" {
    need_jsonschema
    recorder hook
    cat >bad <<EOF
{"domain": "a.test"}
{"cmd": "nonsense"}
{"cmd": "perform_challenge", "type": "dns-01", "validation": "$digest"}
{"cmd": "perform_challenge", "type": "dns-01", "domain": "a.test"}
{"cmd": "perform_challenge", "type": "dns-01", "domain": 7, "validation": "$digest"}
{"cmd": "perform_challenge", "type": "tls-sni-01", "domain": "a.test", "validation": "$digest"}
{"cmd": "deploy_cert", "domain": "a.test", "cert_path": "/c"}
EOF
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" run bad
    [ "$(jq -c .ok <<<"$output" | sort -u)" = false ]
    run -0 valid event bad
    [ "$(cut -d ' ' -f 1 <<<"$output" | sort -nu | wc -l)" = "$(wc -l <bad)" ]
}

@test "results: of events that went well, and of all kinds of failures" {
    need_jsonschema
    handler hook <<'EOF'
#!/bin/bash
echo out; echo err >&2
case $2 in
    fails.test) exit 7 ;;
    killed.test) kill -KILL $$ ;;
    hangs.test) sleep 60 ;;
esac
EOF
    {
        for d in good fails killed hangs; do
            echo '{"cmd": "cleanup", "type": "dns-01", "domain": "'$d'.test", "validation": "'"$digest"'"}'
        done
        echo nonsense
        echo '{"cmd": "restart", "id": {"any": ["thing"]}}'
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": "late.test", "validation": "'"$digest"'"}'
        echo '{"cmd": "perform_challenge", "type": "http-01", "domain": "127.0.0.1", "key_auth": "'"$key_auth"'"}'
        cat "$srcdir/examples/events.jsonl"
    } >events
    # port 9 of loopback: nobody is there
    "$acmehook" --authority 127.0.0.1#9 --http-port 9 --verify-timeout 0.2 --timeout 2 -H "$PWD/hook" --jobs 8 run events >results || :
    [ "$(wc -l <results)" = "$(grep -c . events)" ]
    run -0 valid result results
    [ -z "$output" ]
    jq -e -s 'any(.handler.signal) and any(.handler.timed_out) and any(.handler.exit == 7) and any(.verify.servers)' results
    # and what is no result is refused
    sed 's/"ok": true/"ok": 1/; s/"verdict"/"verdict_"/; s/"ok": false, "error": "[^"]*"/"ok": false, "error": null/' results >spoiled
    run -0 valid result spoiled
    [ -n "$output" ]
}

@test "pending: challenges, and certificates in all their states" {
    need_jsonschema
    printf '#!/bin/sh\n[ "$1" != deploy_cert ]\n' >hook
    chmod +x hook
    config <<<"handler = \"$PWD/hook\" verify = off"
    "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest"
    for d in a b c; do
        "$acmehook" --retry-limit 1 --from dehydrated deploy_cert $d.test /k /c /f /ch 17 || :
    done
    sed -i 's/"retry-limit": "1"/"timeout": "1s"/' state/a.*.retry state/c.*.retry
    sed -i 's/"failed"/"trying"/; s/"error": "[^"]*"/"error": null/' state/c.*.retry
    "$acmehook" --format json pending >listed
    [ "$(jq -r .state listed | sort | paste -sd ' ')" = "cut-off deployed failed given-up" ]
    run -0 valid pending listed
    [ -z "$output" ]
    sed 's/"state": "[a-z]*-[a-z]*"/"state": "deployed"/' listed >spoiled
    run -0 valid pending spoiled
    [ "$(wc -l <<<"$output")" = 2 ]
}
